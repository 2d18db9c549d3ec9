"""Comparing environments from their files to the report."""

import gc
import json
from dataclasses import replace
from pathlib import Path

import pytest

from parity.actions import diff as actions_diff
from parity.actions.diff import diff, judge
from parity.actions.diff_request import DiffRequest
from parity.config.load import load
from parity.errors import DefinitionError, UsageError
from parity.model.environment import Environment, Place
from parity.model.facts import Facts, with_facts
from parity.model.finding import Why
from parity.model.override import Override
from parity.model.project import Project
from parity.model.setting import Layer
from parity.paths import ProjectPaths

ONE_SIDE = Environment("one", "compose", (), {"services": {}})
TOML = '[environments.dev]\nfiles = ["dev.yaml"]\n[environments.prod]\nfiles = ["prod.yaml"]\n'
PROD = """\
services:
  web:
    image: shop/web:1.2.3
    mem_limit: 256m
    environment:
      WORKERS: "4"
      DB_PASSWORD: hunter2hunter2
  db:
    image: postgres:15.4
"""
DEV = PROD.replace('WORKERS: "4"', 'WORKERS: "four"').replace("    mem_limit: 256m\n", "")


@pytest.fixture
def project(tmp_path):
    def make(dev=DEV, prod=PROD, toml=TOML):
        (tmp_path / "parity.toml").write_text(toml)
        (tmp_path / "dev.yaml").write_text(dev)
        (tmp_path / "prod.yaml").write_text(prod)
        paths = ProjectPaths(tmp_path)
        return paths, load(paths)

    return make


def quiet(step):
    del step


def run(made, **request):
    return diff(*made, DiffRequest(**request), quiet)


def settings(report):
    return [finding.setting for finding in report.findings]


def test_findings_name_both_files_and_lines(project, tmp_path):
    report = run(project())
    found = {finding.setting: finding for finding in report.findings}
    place = found["services.web.environment.WORKERS"].places[0]
    assert (place.left, place.right) == ("four", "4")
    assert (Path(place.left_origin.file).name, place.left_origin.line) == ("dev.yaml", 5)
    assert (Path(place.right_origin.file).name, place.right_origin.line) == ("prod.yaml", 6)
    assert "services.web.deploy.resources.limits.memory" in found


def test_two_equal_environments_have_no_finding(project):
    plain = PROD.replace("      DB_PASSWORD: hunter2hunter2\n", "")
    report = run(project(dev=plain, prod=plain))
    assert report.findings == ()
    assert report.folded == ()
    assert report.pairs == 2
    assert report.compared > 6


def test_no_secret_is_in_the_report(project):
    report = run(project(dev=DEV.replace("hunter2hunter2", "swordfish12345")))
    assert "hunter2" not in repr(report)
    assert "swordfish" not in repr(report)


def test_the_order_of_asking_is_the_order_of_sides(project):
    report = run(project(), left="prod", right="dev")
    assert (report.left.name, report.right.name) == ("prod", "dev")
    assert report.left.files[0].endswith("prod.yaml")


def test_one_service_at_a_time(project):
    made = project(dev=DEV.replace("postgres:15.4", "postgres:13.1"))
    assert all(s.startswith("services.db") for s in settings(run(made, services=frozenset({"db"}))))
    assert settings(run(made, services=frozenset({"db"}))) != []
    with pytest.raises(UsageError, match="no service called `dbb`"):
        run(made, services=frozenset({"dbb"}))


def test_files_are_compared_without_a_project(tmp_path, monkeypatch):
    (tmp_path / "a.yaml").write_text(DEV)
    (tmp_path / "b.yaml").write_text(PROD)
    monkeypatch.chdir(tmp_path)
    report = run((ProjectPaths(tmp_path), Project()), left="a.yaml", right="compose:b.yaml")
    assert "services.web.environment.WORKERS" in settings(report)


def test_the_local_stack_differs_by_its_overrides_only(project):
    paths, loaded = project()
    path = ("services", "web", "environment", "WORKERS")
    made = {"services": {"web": {"image": "a:1", "environment": {"WORKERS": "1"}}}}
    production = {"services": {"web": {"image": "a:1", "environment": {"WORKERS": "4"}}}}
    left = Environment("local", "compose", (), made)
    right = Environment("prod", "compose", (), production)
    override = Override(path, "4", "1", "a laptop has few cores")
    report = judge(paths, loaded, DiffRequest(), left, right, overrides=[override])
    assert report.findings == ()
    assert [(f.why, f.reason) for f in report.folded] == [(Why.OVERRIDE, "a laptop has few cores")]
    assert settings(judge(paths, loaded, DiffRequest(), left, right)) == [
        "services.web.environment.WORKERS"
    ]


def test_the_local_stack_is_read_by_the_caller(project):
    made = project(toml='[environments.prod]\nfiles = ["prod.yaml"]\n')
    document = {"services": {"web": {"image": "shop/web:9"}, "db": {"image": "postgres:15.4"}}}
    local = Environment("local", "compose", (), document)
    report = diff(*made, DiffRequest(), quiet, local=lambda: (local, ()))
    assert report.left.name == "local"
    assert "services.web.image.tag" in settings(report)
    with pytest.raises(UsageError, match="parity up"):
        diff(*made, DiffRequest(), quiet)


def test_levels_of_parity_toml(project):
    toml = TOML + '[rules]\n"differs.in-type" = "error"\nDF005 = "off"\n'
    report = run(project(toml=toml))
    worst = report.findings[0]
    assert (worst.rule, worst.severity) == ("DF003", "error")
    assert "DF005" not in {finding.rule for finding in report.findings}
    with pytest.raises(UsageError, match="DF999"):
        run(project(toml=TOML + '[rules]\nDF999 = "off"\n'))


def test_waivers_fold_and_are_counted(project):
    waiver = (
        '[[waivers]]\nrule = "differs.in-type"\nsetting = "services.*.environment.WORKERS"\n'
        'reason = "tests"\nexpires = 2100-01-01\n'
    )
    report = run(project(toml=TOML + waiver))
    assert "services.web.environment.WORKERS" not in settings(report)
    assert [f.reason for f in report.folded if f.why is Why.WAIVER] == ["tests, until 2100-01-01"]


def test_a_stale_waiver_is_a_finding_with_its_line(project):
    waiver = (
        '[[waivers]]\nrule = "DF003"\nsetting = "services.web.environment.GONE"\nreason = "x"\n'
    )
    report = run(project(toml=TOML + waiver))
    stale = next(finding for finding in report.findings if finding.rule == "WV002")
    origin = stale.places[0].right_origin
    assert (Path(origin.file).name, origin.line) == ("parity.toml", 5)
    # Waivers are for the usual two sides; of others they say nothing.
    other = run(project(toml=TOML + waiver), left="prod", right="dev")
    assert "WV002" not in {finding.rule for finding in other.findings}


def test_a_snapshot_is_a_side(project, tmp_path):
    made = project()
    file = tmp_path / "nothing.json"
    file.write_text(json.dumps({"schema": "other"}))
    with pytest.raises(UsageError, match="notation"):
        run(made, left="dev", right=str(file))


def test_what_nobody_knows_is_a_clear_error(project):
    with pytest.raises(UsageError, match="`devv`") as caught:
        run(project(), left="devv", right="prod")
    assert "did you mean `dev`?" in caught.value.next_step
    with pytest.raises(DefinitionError):
        run(project(dev="services: ["))


def test_a_layer_that_was_not_read_is_no_answer(project):
    with pytest.raises(UsageError, match="`database` of dev was not read"):
        run(project(), layers=frozenset({Layer.DATABASE}))
    assert run(project(), layers=frozenset({Layer.DECLARED})).checked > 0


@pytest.mark.parametrize("words", ["ran", "image,nope", "All"])
def test_a_layer_that_cannot_be_read_is_refused_with_those_that_can(project, cli, words):
    made = project()
    for verb in (["diff", "dev", "prod"], ["capture", "prod"]):
        code, out, err = cli(*verb, "--layers", words, directory=made[0].root)
        assert (code, out) == (2, "")
        assert "declared" in err
        assert "filesystem" in err


def test_only_the_findings_of_a_layer_are_shown(project):
    report = run(project(), layers=frozenset({Layer.DECLARED}))
    assert {one.layer for one in report.findings} == {Layer.DECLARED}


def test_a_snapshot_of_an_environment_has_its_secrets(project, tmp_path, monkeypatch):
    monkeypatch.setenv("PARITY_KEY", "k3" * 20)
    strong = ("hunter2hunter2", "q8Zr-Vw3nT-7KpLx-29ydB")
    made = project(dev=DEV.replace(*strong), prod=PROD.replace(*strong))
    file = tmp_path / "prod.json"
    from parity.actions.capture import capture
    from parity.actions.session import open_session

    capture(open_session(*made), quiet, name="prod", output=str(file))
    report = run(made, left="prod", right=str(file))
    assert settings(report) == []
    # Of another environment they would be news.
    assert "EN033" in {finding.rule for finding in run(made, left="dev", right=str(file)).findings}


def test_variables_without_a_value_are_told(project):
    made = project(prod=PROD.replace('"4"', '"${NOWHERE_SET}"'))
    assert any("NOWHERE_SET" in note for note in run(made).notes)


@pytest.mark.parametrize("running", [True, False])
def test_the_collector_rests_while_two_sides_are_judged(tmp_path, running):
    side = Environment("dev", "compose", (), {"services": {}})
    unknown = DiffRequest("dev", "prod", services=frozenset({"nobody"}))
    (gc.enable if running else gc.disable)()
    try:
        judge(ProjectPaths(tmp_path), Project(), DiffRequest("dev", "prod"), side, side)
        assert gc.isenabled() is running
        with pytest.raises(UsageError):
            judge(ProjectPaths(tmp_path), Project(), unknown, side, side)
        assert gc.isenabled() is running
    finally:
        gc.enable()


def test_the_same_containers_have_the_same_secrets():
    here = replace(ONE_SIDE, place=Place("", "shop"))
    assert actions_diff._in_one_place(here, replace(here, name="other"))
    assert not actions_diff._in_one_place(here, replace(here, place=Place("", "prod")))
    assert not actions_diff._in_one_place(ONE_SIDE, ONE_SIDE), "nobody said where either runs"


def test_one_reason_is_told_once():
    facts = Facts(unread={"container": "nobody said where"})
    web = {"image": "x:1"}
    for layer in (Layer.HOST, Layer.RUNNING):
        web = with_facts(web, layer, facts)
    side = replace(ONE_SIDE, document={"services": {"web": web, "db": web}})
    assert list(actions_diff._unread(side)) == [
        "not read: running, host of web, db in one, container: nobody said where"
    ]
