"""What is printed, where, and what never reaches a terminal."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from parity.cli import output
from parity.errors import StackError
from parity.model.progress import Step


def test_data_goes_to_stdout_and_talk_to_stderr(capsys):
    output.data("a")
    output.data("b\n")
    output.talk("c")
    assert capsys.readouterr() == ("a\nb\n", "c\n")


def test_tables_are_aligned_without_trailing_blanks(capsys):
    output.table([["a", "long value", "x"], ["bbb", "", ""]], ["A", "B", "C"])
    assert capsys.readouterr().out == "A    B           C\na    long value  x\nbbb\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain é 日", "plain é 日"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("a\tb\n", "a\\x09b\\x0a"),
        ("", ""),
    ],
)
def test_control_characters_never_drive_the_terminal(text, shown):
    assert output.visible(text) == shown


def test_an_error_says_what_where_why_and_what_next(capsys):
    output.error(
        StackError("it\x1b[2J broke", where="web", detail="one\n\x1btwo", next_step="mend\x1bit")
    )
    err = capsys.readouterr().err
    assert "\x1b" not in err
    lines = [line.strip() for line in err.splitlines()]
    assert lines[0].startswith("error: it")
    assert lines[1:] == ["at: web", "| one", "| \\x1btwo", "next: mend\\x1bit"]


@pytest.mark.parametrize(
    ("variables", "coloured"),
    [
        ({}, False),
        ({"PARITY_ANSI": "always"}, True),
        ({"FORCE_COLOR": "1", "PARITY_ANSI": "auto"}, True),
        ({"FORCE_COLOR": "1", "PARITY_ANSI": "never"}, False),
        ({"NO_COLOR": "1", "PARITY_ANSI": "always"}, False),
    ],
)
def test_colour_is_asked_for_or_left_out(monkeypatch, variables, coloured):
    for name in ("NO_COLOR", "FORCE_COLOR", "PARITY_ANSI"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert ("\x1b" in output.paint("31", "x")) is coloured


@pytest.mark.parametrize("mode", ["auto", "plain", "json", "quiet"])
def test_progress_is_told_as_asked(capsys, mode):
    output.Reporter(mode)(Step("web", "started\x1b", "done"))
    out, err = capsys.readouterr()
    assert out == ""
    assert "\x1b" not in err
    if mode == "json":
        assert json.loads(err)["id"] == "web"
    else:
        assert ("web" in err) is (mode != "quiet")


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (12_345, "12 kB"), (999_600, "1.0 MB"),
     (1_500_000_000, "1.5 GB"), (24 * 10**9, "24 GB"), (5 * 10**15, "5000 TB")],
)  # fmt: skip
def test_a_size_has_two_or_three_digits(number, shown):
    assert output.size(number) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-5, "0 s"), (0, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h"),
     (47 * 3600, "47 h"), (48 * 3600, "2 d"), (400 * 86400, "400 d")],
)  # fmt: skip
def test_an_age_is_in_the_unit_that_says_most(seconds, shown):
    now = datetime(2026, 11, 22, tzinfo=UTC)
    assert output.age((now - timedelta(seconds=seconds)).isoformat(), now) == shown


@pytest.mark.parametrize("created", ["", "yesterday", "2026-13-01T00:00:00+00:00", "2026-01-01"])
def test_what_is_no_time_is_shown_as_it_is(created):
    assert output.age(created) == created


def test_a_line_is_written_over(capsys):
    output.rewrite("… 1 s")
    output.rewrite("")
    assert capsys.readouterr().err == "\r\x1b[K… 1 s\r\x1b[K"
