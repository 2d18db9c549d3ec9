"""A new rule starts with what the tests ask of every rule, but for its words."""

import importlib.util
import sys

import pytest

from parity.rules.registry import Catalogue, catalogue, rules_in
from scripts.lib import cases, new_rule

CATALOGUE = catalogue()


@pytest.fixture
def root(tmp_path):
    (tmp_path / "parity" / "rules").mkdir(parents=True)
    (tmp_path / "tests" / "cases").mkdir(parents=True)
    return tmp_path


def loaded(file, monkeypatch):
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, file.stem, module)
    spec.loader.exec_module(module)
    return list(rules_in(module))


@pytest.mark.parametrize("shape", ["single", "pair", "joint"])
def test_a_new_family_is_a_module_that_loads(root, monkeypatch, shape):
    made = new_rule.create(root, CATALOGUE, "weather", "rains-there", shape=shape, prefix="WE")
    assert [file.name for file in made] == ["weather.py", "WE001.yaml"]
    (rule,) = loaded(made[0], monkeypatch)
    assert (rule.id, rule.name, rule.shape) == ("WE001", "weather.rains-there", shape)
    for heading in ("What it compares:", "Example:", "References:"):
        assert heading in rule.page


def test_its_cases_are_of_each_outcome(root):
    _, file = new_rule.create(root, CATALOGUE, "weather", "rains-there", prefix="WE")
    rows = cases.load(file)
    assert [bool(row.finds) for row in rows] == [True, False, False, False]
    assert rows[-1].not_checked


def test_the_next_rule_follows_in_the_same_file(root, monkeypatch):
    one, _ = new_rule.create(root, CATALOGUE, "weather", "rains-there", shape="joint", prefix="WE")
    known = Catalogue(tuple(loaded(one, monkeypatch)))
    new_rule.create(root, known, "weather", "snows-there", shape="joint")
    assert [rule.id for rule in loaded(one, monkeypatch)] == ["WE001", "WE002"]


def test_numbers_go_on_where_the_catalogue_ends(root):
    last = max(int(rule.id[2:]) for rule in CATALOGUE.rules if rule.family == "DF")
    (root / "parity" / "rules" / "differs.py").write_text('"""DF."""\n')
    _, file = new_rule.create(root, CATALOGUE, "differs", "in-colour")
    assert file.name == f"DF{last + 1:03}.yaml"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Weather", "x"], "not a name"),
        (["weather", "rains there"], "not a name"),
        (["weather", "rains"], "--prefix XY"),
        (["weather", "rains", "--prefix", "DF"], "another family"),
        (["differs", "in-value"], "there is a rule differs.in-value"),
        (["differs", "in-colour", "--prefix", "ZZ"], "are called DF"),
        (["differs", "in-colour", "--file", "other"], "begin with differs"),
    ],
)
def test_a_name_of_no_use_is_refused(root, capsys, arguments, said):
    assert new_rule.main(arguments, root=root) == 2
    assert said in capsys.readouterr().err
    assert list(root.rglob("*.yaml")) == []


def test_the_script_names_the_files_and_what_comes_next(root, capsys):
    assert new_rule.main(["weather", "rains", "--prefix", "WE"], root=root) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == ["parity/rules/weather.py", "tests/cases/WE001.yaml"]
    assert said[2].startswith("Next: ")
