"""Probes of one package, and their facts as one."""

from parity.model.facts import Facts
from parity.probes.walk import modules, together


def test_what_has_the_mark_is_found_by_name():
    found = [each.__name__ for each in modules("parity.probes.host", "LAYER")]
    assert found == ["parity.probes.host.engine", "parity.probes.host.kernel"]
    assert modules("parity.probes.host", "NOBODY_HAS_THIS") == ()


def test_facts_of_several_are_one():
    one, two = Facts({"a": 1}, {"x": "no"}), Facts({"b": 2})
    assert together([(("a", "c"), one), (("b",), two)]) == Facts({"a": 1, "b": 2}, {"x": "no"})


def test_what_no_helper_could_look_at_was_not_read():
    found = together([(("a", "c"), Facts({"a": 1}))], "no helper")
    assert found == Facts({"a": 1}, {"c": "no helper"})
