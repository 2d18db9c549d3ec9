"""Sizes of volumes, as far as the engine tells them in time."""

import time

from parity.engine import disk
from parity.engine.disk import volume_sizes


def test_sizes_are_those_that_the_engine_knows(engine):
    rows = [
        {"Name": "a", "UsageData": {"Size": 7}},
        {"Name": "b", "UsageData": {"Size": -1}},
        {"Name": "c"},
    ]
    engine.answers["/system/df"] = {"Volumes": rows}
    assert volume_sizes(seconds=30) == {"a": 7}


def test_an_engine_without_volumes_or_answer_knows_none(engine):
    engine.answers["/system/df"] = {"Volumes": None}
    assert volume_sizes(seconds=30) == {}
    engine.answers["/system/df"] = (500, b"{}")
    assert volume_sizes(seconds=30) == {}


def test_one_that_counts_for_long_is_not_waited_for(engine, monkeypatch):
    monkeypatch.setattr(disk.observe, "get", lambda *_: time.sleep(30))
    start = time.monotonic()
    assert volume_sizes(seconds=0.05) == {}
    assert time.monotonic() - start < 10
