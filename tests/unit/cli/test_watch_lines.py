"""A watch as lines."""

from parity.cli.watch_lines import lines
from parity.watch.told import Told

READY = {"rules": 0, "findings": 1, "urls": ["http://127.0.0.1:8000"]}


def test_what_is_watched():
    (line,) = lines(Told("ready", "shop-abc", 3.0, READY))
    assert line.startswith("shop-abc is watched: no rules for code")
    assert "1 finding to begin with; http://127.0.0.1:8000" in line
    assert "2 rules for code" in lines(Told("ready", "s", 3.0, {**READY, "rules": 2}))[0]


def test_a_change_stands_at_the_margin_and_its_effect_below():
    assert lines(Told("change", "compose.yaml")) == ["changed: compose.yaml"]
    assert lines(Told("effect", "web recreate", 1.25)) == ["  web recreate  (1.2 s)"]


def test_findings_are_listed():
    row = {"severity": "error", "rule": "EN001", "setting": "a.b", "message": "differs"}
    told = Told("findings", "1 new, 0 gone, 1 in all", 0.5, {"new": [row]})
    assert lines(told) == ["  findings: 1 new, 0 gone, 1 in all", "    error EN001 a.b: differs"]


def test_what_went_wrong_says_where_and_what_next():
    data = {"where": "compose.yaml:3", "detail": "a\nb", "next": "mend it"}
    assert lines(Told("broken", "no YAML", data=data)) == [
        "  cannot be read, waiting until it can: no YAML",
        "     at: compose.yaml:3",
        "     | a",
        "     | b",
        "   next: mend it",
    ]
    assert lines(Told("failed", "web is down", data={}))[0] == "  failed: web is down"


def test_tests_say_how_to_have_them_again():
    (line,) = lines(Told("tests", "2 passed", 4.0, {"again": "parity test"}))
    assert line == "  tests: 2 passed  (4.0 s); again: parity test"


def test_services_are_no_news_in_a_log():
    assert lines(Told("services", data={"services": []})) == []


def test_what_a_service_says_does_not_drive_the_terminal():
    assert "\x1b" not in lines(Told("failed", "\x1b[2J", data={"detail": "\x1b]0;x\x07"}))[0]
