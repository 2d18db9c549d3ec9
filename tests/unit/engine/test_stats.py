"""The memory of containers: what the engine says, and what it does not say in time."""

import time

import pytest

from parity.engine import stats
from parity.engine.stats import memory, used


def told(usage, **parts):
    return {"memory_stats": {"usage": usage, "stats": parts}}


@pytest.mark.parametrize(
    ("answer", "amount"),
    [
        (told(100, inactive_file=30), 70),
        (told(100, total_inactive_file=40, inactive_file=30), 60),
        (told(100), 100),
        (told(100, inactive_file=200), 100),
        ({"memory_stats": {}}, None),
        ({}, None),
    ],
)
def test_what_can_be_given_back_at_once_does_not_count(answer, amount):
    assert used(answer) == amount


def test_each_container_is_asked_once_and_one_that_is_gone_is_left_out(engine):
    engine.answers["/containers/a/stats"] = told(7)
    engine.answers["/containers/b/stats"] = told(8)
    assert memory(["a", "gone", "b"], seconds=30) == {"a": 7, "b": 8}
    assert len(engine.asked) == 3


def test_nobody_is_asked_for_nothing(engine):
    assert memory([]) == {}
    assert engine.asked == []


def test_an_engine_that_does_not_answer_holds_nobody_up(engine, monkeypatch):
    monkeypatch.setattr(stats.observe, "get", lambda *_: time.sleep(30))
    start = time.monotonic()
    assert memory(["a"], seconds=0.05) == {}
    assert time.monotonic() - start < 10
