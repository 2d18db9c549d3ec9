"""The check as a whole: lock, overrides, differences, waivers, without an engine."""

import json

import pytest

from parity.actions.check import check
from parity.actions.diff_request import DiffRequest
from parity.actions.session import open_session
from parity.config.load import load
from parity.errors import LockError
from parity.paths import ProjectPaths

TOML = '[environments.dev]\nfiles = ["dev.yaml"]\n[environments.prod]\nfiles = ["prod.yaml"]\n'
COMPOSE = "services:\n  web:\n    image: shop/web:1.2.3\n"


def quiet(step):
    del step


@pytest.fixture
def session(tmp_path):
    def make(toml=TOML, dev=COMPOSE, prod=COMPOSE):
        (tmp_path / "parity.toml").write_text(toml)
        (tmp_path / "dev.yaml").write_text(dev)
        (tmp_path / "prod.yaml").write_text(prod)
        paths = ProjectPaths(tmp_path)
        return open_session(paths, load(paths))

    return make


def rules(report):
    return [finding.rule for finding in report.findings]


def lock(session, definition, image="shop/web:1.2.3"):
    images = {image: {"digest": "sha256:" + "a" * 64, "platforms": []}}
    body = {"schema": 1, "environments": {"prod": {"definition": definition, "images": images}}}
    session.paths.lock.write_text(json.dumps(body))


def definition_of(session):
    from parity.actions.environments import read_environment
    from parity.stack import fingerprint

    environment = read_environment(session.paths, session.project, "prod").result()
    return fingerprint.definition(environment, session.paths.root)


def test_all_in_order(session):
    made = session()
    lock(made, definition_of(made))
    report = check(made, quiet)
    assert report.findings == ()
    assert "parity.lock fits the definition" in report.notes


def test_no_lock_is_a_warning(session):
    assert rules(check(session(), quiet)) == ["CK002"]


def test_a_changed_definition_is_an_error_before_all_others(session):
    made = session()
    lock(made, definition_of(made))
    changed = session(prod=COMPOSE + "    init: true\n", dev=COMPOSE + "    init: true\n")
    report = check(changed, quiet)
    assert rules(report) == ["CK001"]
    assert report.findings[0].severity == "error"
    assert "parity lock" in report.findings[0].fix


def test_an_image_that_the_lock_does_not_know(session):
    made = session()
    lock(made, definition_of(made), image="shop/other:1")
    report = check(made, quiet)
    assert rules(report) == ["CK001"]
    assert "shop/web:1.2.3" in report.findings[0].message


def test_a_lock_that_cannot_be_read_stops_everything(session):
    made = session()
    made.paths.lock.write_text("{")
    with pytest.raises(LockError, match="cannot be read"):
        check(made, quiet)


def test_overrides_need_a_reason_and_a_service(session):
    toml = (
        TOML
        + '[[local.override]]\npath = "services.web.environment.A"\nreason = " "\nvalue = "1"\n'
        + '[[local.override]]\npath = "services.api.environment.A"\nreason = "old"\nvalue = "1"\n'
    )
    report = check(session(toml=toml), quiet)
    assert sorted(rules(report)) == ["CK002", "CK003", "CK004"]
    lines = {f.rule: f.places[0].right_origin.line for f in report.findings}
    assert (lines["CK003"], lines["CK004"]) == (5, 9)


def test_differences_are_in_the_same_report(session):
    report = check(
        session(
            dev=COMPOSE + "    environment: {A: 'x '}\n", prod=COMPOSE + "    environment: {A: x}\n"
        ),
        quiet,
    )
    assert rules(report) == ["DF002", "CK002"]


def test_one_environment_alone_is_checked_for_what_it_is(session):
    made = session(toml='[environments.prod]\nfiles = ["prod.yaml"]\n')
    report = check(made, quiet)
    assert rules(report) == ["CK002"]
    assert any("[check]" in note for note in report.notes)


def test_two_definitions_by_name(session):
    report = check(session(), quiet, DiffRequest("prod", "prod"))
    assert (report.left.name, report.right.name) == ("prod", "prod")
