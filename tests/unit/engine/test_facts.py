"""What the engine can do, tried once and remembered."""

import json

import pytest

from parity.engine import facts
from parity.model.progress import silent


@pytest.fixture
def tried():
    return []


@pytest.fixture
def attempt(tried):
    def attempt():
        tried.append(1)
        return {"nofile": 4096}

    return attempt


def test_without_limits_nothing_is_tried(engine, tried, attempt, tmp_path):
    found = facts.read(tmp_path / ".parity" / "engine.json", {}, attempt, silent)
    assert (found.version, found.architecture, found.hard_limits) == ((27, 3, 1), "amd64", {})
    assert tried == []


def test_limits_are_tried_once_until_the_engine_or_the_question_changes(
    engine, tried, attempt, tmp_path
):
    cache = tmp_path / ".parity" / "engine.json"
    for _ in range(2):
        assert facts.read(cache, {"nofile": 9}, attempt, silent).hard_limits == {"nofile": 4096}
    assert len(tried) == 1
    facts.read(cache, {"nofile": 10}, attempt, silent)
    engine.answers["/version"] = {"Version": "28.0.0", "Arch": "amd64"}
    facts.read(cache, {"nofile": 10}, attempt, silent)
    assert len(tried) == 3


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", json.dumps({"key": 1, "asked": 5})])
def test_a_damaged_note_is_made_anew(engine, attempt, tmp_path, text):
    cache = tmp_path / ".parity" / "engine.json"
    cache.parent.mkdir()
    cache.write_text(text)
    assert facts.read(cache, {"nofile": 9}, attempt, silent).hard_limits == {"nofile": 4096}


def test_who_only_looks_assumes_no_limit_says_so_and_notes_nothing(engine, attempt, tmp_path):
    cache, told = tmp_path / ".parity" / "engine.json", []
    assert facts.read(cache, {"nofile": 9}, None, told.append).hard_limits == {}
    assert [(step.subject, step.state) for step in told] == [("engine", "warning")]
    assert "nofile" in told[0].text
    assert not cache.exists()
    facts.read(cache, {"nofile": 9}, attempt, silent)
    assert facts.read(cache, {"nofile": 9}, None, told.append).hard_limits == {"nofile": 4096}
    assert len(told) == 1
