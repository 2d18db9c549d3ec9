"""Variables that nobody would expect."""

from parity.probes.inside import variables
from parity.probes.inside.contract import Seen

ENVIRON = "/proc/1/environ"


def seen(*entries, expected=None, record=None):
    return Seen(record or {}, expected or {}, {ENVIRON: "\0".join(entries) + "\0"})


def test_what_is_as_expected_is_not_told():
    found = variables.read(seen("A=1", "B=2", "HOME=/root", "HOSTNAME=x", expected={"A": "1"}))
    assert found.values == {"environment": {"B": "2"}}


def test_nothing_otherwise_is_no_fact():
    assert variables.read(seen("A=1", expected={"A": "1"})).values == {}


def test_another_value_is_told_as_the_process_has_it():
    found = variables.read(seen("KEY=a=b\nc ", expected={"KEY": "a"}))
    assert found.values == {"environment": {"KEY": "a=b\nc "}}


def test_without_a_look_inside_the_engine_s_word_counts():
    record = {"Config": {"Env": ["A=1", "B=2"]}}
    assert variables.read(Seen(record, {"A": "1"})).values == {"environment": {"B": "2"}}


def test_too_many_are_not_read():
    found = variables.read(seen(*(f"V{n}=1" for n in range(2001))))
    assert not found.values
    assert "2000" in found.unread["environment"]
