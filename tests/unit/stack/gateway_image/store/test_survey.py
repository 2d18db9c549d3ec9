"""What there is, and how much room is left."""

from parity.stack.gateway_image.store import survey


def test_an_empty_store_and_one_with_a_state(tmp_path, monkeypatch):
    monkeypatch.setattr(survey, "STORE", tmp_path)
    found = survey.run({})
    assert (found["states"], found["live"], found["trash"]) == ({}, {}, {})
    assert 0 < found["free"] <= found["total"]
    (tmp_path / "states" / "a").mkdir(parents=True)
    assert list(survey.run({})["states"]) == ["a"]
    assert survey.run({})["states"]["a"] < 60
