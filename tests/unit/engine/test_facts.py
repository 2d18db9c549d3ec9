"""What the engine can do, tried once and remembered."""

import json

import pytest

from parity.engine import facts


@pytest.fixture
def tried(monkeypatch):
    calls = []

    def try_limits(_client, _image, ulimits, _labels):
        calls.append(dict(ulimits))
        return {"nofile": 4096}

    monkeypatch.setattr(facts, "_try_limits", try_limits)
    monkeypatch.setattr(facts, "connect", lambda: None)
    return calls


def test_without_limits_nothing_is_tried(engine, tried, tmp_path):
    found = facts.read(tmp_path / ".parity" / "engine.json", "gw", {}, {})
    assert (found.version, found.architecture, found.hard_limits) == ((27, 3, 1), "amd64", {})
    assert tried == []


def test_limits_are_tried_once_until_the_engine_or_the_question_changes(engine, tried, tmp_path):
    cache = tmp_path / ".parity" / "engine.json"
    for _ in range(2):
        assert facts.read(cache, "gw", {"nofile": 9}, {}).hard_limits == {"nofile": 4096}
    assert len(tried) == 1
    facts.read(cache, "gw", {"nofile": 10}, {})
    engine.answers["/version"] = {"Version": "28.0.0", "Arch": "amd64"}
    facts.read(cache, "gw", {"nofile": 10}, {})
    assert len(tried) == 3


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", json.dumps({"key": 1, "asked": 5})])
def test_a_damaged_note_is_made_anew(engine, tried, tmp_path, text):
    cache = tmp_path / ".parity" / "engine.json"
    cache.parent.mkdir()
    cache.write_text(text)
    assert facts.read(cache, "gw", {"nofile": 9}, {}).hard_limits == {"nofile": 4096}
