"""Records: one line an attempt, repeats folded, nothing that could confuse a terminal."""

import json

import pytest

from parity.stack.gateway_image.gateway import record
from parity.stack.gateway_image.gateway.record import Attempt, Recorder, clean_name, timestamp

REFUSED = Attempt("refused", "tcp", "10.231.4.5", "198.51.100.1", 443, "pay.example", "sni")


class Clock:
    def __init__(self):
        self.now = 1_767_323_045.678

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def lines():
    return []


@pytest.fixture
def recorder(lines, clock):
    return Recorder(lines.append, clock)


def test_first_attempt_is_written_at_once(recorder, lines):
    """The line has the documented fields and no count."""
    recorder.add(REFUSED)
    assert lines == [
        {
            "schema": 1,
            "time": "2026-01-02T03:04:05.678Z",
            "event": "refused",
            "protocol": "tcp",
            "source": "10.231.4.5",
            "address": "198.51.100.1",
            "port": 443,
            "name": "pay.example",
            "name_from": "sni",
        }
    ]


def test_a_flood_is_two_lines_a_second(recorder, lines, clock):
    """Counts add up to the number of attempts."""
    for _ in range(1000):
        recorder.add(REFUSED)
    clock.now += 1.0
    recorder.tick()
    recorder.tick()
    assert [line.get("count", 1) for line in lines] == [1, 999]


def test_different_attempts_are_not_folded(recorder, lines):
    """Another port is another attempt."""
    recorder.add(REFUSED)
    recorder.add(Attempt("refused", "tcp", "10.231.4.5", "198.51.100.1", 80))
    assert len(lines) == 2


def test_a_slow_repeat_is_a_line_of_its_own(recorder, lines, clock):
    """After a second the next attempt is news again."""
    recorder.add(REFUSED)
    clock.now += 1.5
    recorder.add(REFUSED)
    recorder.close()
    assert len(lines) == 2


def test_close_writes_what_was_counted(recorder, lines):
    """Stopping loses nothing."""
    for _ in range(3):
        recorder.add(REFUSED)
    recorder.close()
    assert [line.get("count", 1) for line in lines] == [1, 2]


def test_a_clock_set_back_ends_the_window(recorder, lines, clock):
    """Time running backwards keeps nothing open."""
    recorder.add(REFUSED)
    clock.now -= 3600
    recorder.add(REFUSED)
    recorder.tick()
    assert len(lines) == 2


def test_memory_is_bounded(recorder, monkeypatch):
    """Attempts beyond the bound are written, not kept."""
    monkeypatch.setattr(record, "MAX_WINDOWS", 10)
    for port in range(1, 100):
        recorder.add(Attempt("refused", "tcp", "a", "b", port))
    assert len(recorder._windows) == 10


def test_ready_is_a_short_line(recorder, lines):
    """The readiness record has only what it needs."""
    recorder.ready()
    assert lines == [{"schema": 1, "time": "2026-01-02T03:04:05.678Z", "event": "ready"}]


def test_lines_are_json(capsys):
    """One document a line, flushed."""
    record.write_line({"a": "b\n"})
    assert json.loads(capsys.readouterr().out) == {"a": "b\n"}


def test_complaints_are_one_line(capsys):
    """Whatever the message holds."""
    record.complain("a\nb\x0bc")
    assert capsys.readouterr().err == "gateway: a b c\n"


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("Pay.Example.", "pay.example"),
        ("a\x1b[31mb\n", "a?[31mb?"),
        ("ünï", "?n?"),
        ("x" * 1000, "x" * 253),
        ("", None),
        (".", None),
        (None, None),
    ],
)
def test_names_are_made_safe(name, clean):
    """Visible ASCII, lower case, bounded."""
    assert clean_name(name) == clean


def test_milliseconds_are_cut_not_rounded():
    """A rounded second would be in the future."""
    assert timestamp(0.9999) == "1970-01-01T00:00:00.999Z"
