"""`develop.watch` of a Compose document."""

import pytest

from parity.watch.ignored import Git
from parity.watch.rules import Scope, rules_of


@pytest.fixture
def scope(tmp_path):
    def make(**entry):
        context = entry.pop("context", "")
        service = {
            "develop": {"watch": [{"path": str(tmp_path / "src"), "action": "sync", **entry}]}
        }
        if context:
            service["build"] = {"context": str(context)}
        (tmp_path / "src").mkdir(exist_ok=True)
        (rule,) = rules_of({"services": {"web": service, "db": {}}})
        return Scope(rule, Git(tmp_path))

    return make


def test_every_field_is_read(tmp_path):
    entry = {
        "path": str(tmp_path / "a"), "action": "sync+exec", "target": "/srv", "ignore": ["x"],
        "include": ["*.py"], "initial_sync": True, "exec": {"command": ["date"]},
    }  # fmt: skip
    (rule,) = rules_of({"services": {"web": {"develop": {"watch": [entry]}}}})
    assert (rule.service, rule.target, rule.ignore, rule.include) == (
        "web",
        "/srv",
        ("x",),
        ("*.py",),
    )
    assert rule.initial
    assert rule.syncs
    assert rule.hook == {"command": ["date"]}
    assert hash(rule) == hash(rule), "rules are keys"


def test_definitions_without_rules_have_none():
    assert rules_of({}) == ()
    assert rules_of({"services": {"a": {"develop": None}, "b": {"develop": {"watch": None}}}}) == ()


def test_a_rule_covers_what_is_below_its_path(scope, tmp_path):
    one = scope()
    assert one.covers(tmp_path / "src" / "a.py")
    assert one.covers(tmp_path / "src" / "deep" / "a.py")
    assert not one.covers(tmp_path / "srcs" / "a.py")
    assert not one.covers(tmp_path / "a.py")
    assert not one.covers(tmp_path / "src" / "a.py~")


def test_ignore_and_include(scope, tmp_path):
    src = tmp_path / "src"
    assert not scope(ignore=["vendor/"]).covers(src / "vendor" / "a.py")
    included = scope(include=["**/*.py"])
    assert included.covers(src / "deep" / "a.py")
    assert not included.covers(src / "a.js")
    assert included.covers(src / "deep", folder=True), "it may hold some"


def test_what_git_ignores_is_left_alone_unless_the_rule_means_it(scope, tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("*.log\n")
    assert not scope().covers(tmp_path / "src" / "a.log")
    (tmp_path / ".gitignore").write_text("src/\n")
    assert scope().covers(tmp_path / "src" / "a.py"), "a bundler's output is ignored by git"


def test_dockers_ignore_file_holds(scope, tmp_path):
    (tmp_path / ".dockerignore").write_text("src/secret*\n")
    assert not scope(context=tmp_path).covers(tmp_path / "src" / "secret.txt")
    assert scope(context=tmp_path).covers(tmp_path / "src" / "open.txt")


def test_a_rule_for_one_file(tmp_path):
    file = tmp_path / "requirements.txt"
    file.write_text("")
    entry = {"path": str(file), "action": "rebuild"}
    (rule,) = rules_of({"services": {"web": {"develop": {"watch": [entry]}}}})
    one = Scope(rule, Git(tmp_path))
    assert one.covers(file)
    assert not one.covers(tmp_path / "requirements.txt.bak")
