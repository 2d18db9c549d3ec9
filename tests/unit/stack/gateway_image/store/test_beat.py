"""A late answer: signs of life before it, errors as they are."""

import io
import json
import time

import pytest

from parity.stack.gateway_image.store import beat


def test_an_answer_is_one_line():
    out = io.BytesIO()
    beat.beating(lambda: {"a": 1}, out)
    assert json.loads(out.getvalue()) == {"a": 1}


def test_who_waits_hears_something(monkeypatch):
    monkeypatch.setattr(beat, "_SECONDS", 0.01)
    out = io.BytesIO()
    beat.beating(lambda: time.sleep(0.1) or {"a": 1}, out)
    *empty, last = out.getvalue().splitlines()
    assert set(empty) == {b""}
    assert json.loads(last) == {"a": 1}


def test_an_error_is_raised_where_it_was_asked():
    def full():
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        beat.beating(full, io.BytesIO())
