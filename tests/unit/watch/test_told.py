"""Records for people and machines."""

from pathlib import Path

from parity.errors import StackError
from parity.watch.told import Told, names_of, of_error, paths_of


def test_a_record_leaves_out_what_is_empty():
    row = Told("effect", "web", 1.23456, {"effect": "up", "changed": [], "where": ""}).as_json()
    assert row == {
        "event": "effect",
        "text": "web",
        "effect": "up",
        "changed": [],
        "seconds": 1.235,
    }


def test_three_names_and_a_number():
    paths = [Path(f"/p/f{n}") for n in range(5)]
    assert names_of(paths, Path("/p")) == "f0, f1, f2 and 2 more"
    assert names_of([Path("/else/x")], Path("/p")) == "/else/x"


def test_a_storm_is_counted_and_not_listed():
    found = paths_of([Path(f"/p/{n}") for n in range(5000)])
    assert (found["count"], len(found["paths"])) == (5000, 100)


def test_an_error_keeps_what_helps():
    error = StackError("web is down", where="web", detail="log", next_step="mend it")
    assert of_error(error) == {"where": "web", "detail": "log", "next": "mend it"}
