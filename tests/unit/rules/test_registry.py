"""The catalogue of rules."""

import sys
from types import ModuleType

import pytest

from parity.errors import UsageError
from parity.model.finding import Severity
from parity.rules import registry
from parity.rules.contract import single


def module(name, *rules, **options):
    made = ModuleType(name)
    for number, (id_, rule_name) in enumerate(rules):

        def function(difference, comparison):
            """A rule."""
            return iter(())

        function.__module__ = name
        setattr(made, f"rule_{number}", single(id_, rule_name, Severity.INFO, **options)(function))
    return made


def test_the_package_has_all_its_families(catalogue):
    assert len(catalogue.rules) > 60
    families = {rule.family for rule in catalogue.rules}
    assert {"DF", "EN", "IM", "LM", "SE", "NE", "PX", "TO", "JT", "PG", "MY", "RD"} <= families
    assert [rule.id for rule in catalogue.rules] == sorted(rule.id for rule in catalogue.rules)


@pytest.mark.parametrize("text", ["DF002", "df002", " DF002 ", "differs.invisibly"])
def test_a_rule_is_found_by_id_and_name(catalogue, text):
    assert catalogue.find(text).id == "DF002"


def test_an_alias_finds_a_rule_too():
    made = registry.build([module("m", ("AA001", "aa.new"), aliases=("AA999", "aa.old"))])
    assert made.find("aa.old").id == made.find("AA999").id == "AA001"


def test_an_unknown_rule_is_answered_with_the_nearest(catalogue):
    with pytest.raises(UsageError) as caught:
        catalogue.get("differs.invisible")
    assert "differs.invisibly" in caught.value.next_step
    with pytest.raises(UsageError) as caught:
        catalogue.get("qqqqqqqq")
    assert "parity explain" in caught.value.next_step


@pytest.mark.parametrize(
    "rules",
    [
        [("AA001", "aa.one"), ("AA001", "aa.two")],
        [("AA001", "aa.one"), ("AA002", "aa.one")],
        [("A001", "aa.one")],
        [("AA01", "aa.one")],
        [("AA001", "one")],
        [("AA001", "aa.One")],
    ],
)
def test_what_is_no_catalogue_is_refused(rules):
    with pytest.raises(ValueError, match="A0|aa|one"):
        registry.build([module("m", *rules)])


def test_rules_that_a_module_only_imports_are_not_its_own():
    own = module("mine", ("AA001", "aa.one"))
    other = ModuleType("other")
    other.borrowed = own.rule_0
    assert list(registry.rules_in(other)) == []
    assert [rule.id for rule in registry.rules_in(own)] == ["AA001"]


@pytest.mark.parametrize("folder", ["own-1.0.dist-info", "own.egg-info"])
def test_rules_of_other_packages_are_found(tmp_path, monkeypatch, folder):
    announced = tmp_path / folder / "entry_points.txt"
    announced.parent.mkdir(parents=True)
    announced.write_text("[parity.rules]\nown = own_rules\n")
    monkeypatch.setattr(sys, "path", [str(announced.parent.parent)])
    own = module("own_rules", ("ZZ001", "zz.own"))
    monkeypatch.setitem(sys.modules, "own_rules", own)
    assert list(registry.plugins()) == [own]


def test_packages_are_asked_for_rules_only_where_one_may_have_some(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: asked.append(group) or [])
    other = tmp_path / "other-1.0.dist-info"
    other.mkdir()
    (other / "entry_points.txt").write_text("[console_scripts]\nother = other:main\n")
    (tmp_path / "odd-1.0.dist-info" / "entry_points.txt").mkdir(parents=True)
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(tmp_path / "missing")])
    assert (list(registry.plugins()), asked) == ([], [])
    for name in ("packages.zip", "own-1.0-py3.11.egg"):
        archive = tmp_path / name
        archive.touch()
        monkeypatch.setattr(sys, "path", [str(archive)])
        assert list(registry.plugins()) == []
    assert asked == ["parity.rules"] * 2
