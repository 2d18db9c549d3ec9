"""Writing waivers: the rest of parity.toml stays as it was."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from parity.actions.accept import Acceptance, accept, find, write_baseline
from parity.actions.project_waivers import waivers_of
from parity.config.load import load
from parity.errors import UsageError
from parity.model.finding import Finding, Folded, Place, Report, Severity, SideInfo, Why
from parity.paths import ProjectPaths
from parity.rules.registry import catalogue

TEXT = """\
# The shop.
[environments.prod]   # one node
files = ["prod.yaml"]

[egress]
allow = []  # nobody
"""
SETTING = "services.web.environment.A"
TOMORROW = datetime.now(tz=UTC).date() + timedelta(days=1)


@pytest.fixture
def paths(tmp_path):
    (tmp_path / "parity.toml").write_text(TEXT)
    return ProjectPaths(tmp_path)


def finding(rule, setting, name="differs.invisibly"):
    return Finding(rule, name, Severity.ERROR, "m", "f", "web", (Place(setting, "a", "b"),))


def report(*findings):
    side = SideInfo("a", "compose", (), (), 1, 1)
    return Report(side, side, findings)


def test_a_waiver_is_added_and_nothing_else_changes(paths):
    line = accept(
        paths, catalogue(), Acceptance("DF002", SETTING, "the mock", "ann", TOMORROW)
    ).line
    text = paths.config.read_text()
    assert text.startswith(TEXT)
    assert SETTING in text.splitlines()[line - 1]
    waiver = load(paths).waivers[0]
    assert (waiver.rule, waiver.setting) == ("differs.invisibly", SETTING)
    assert (waiver.reason, waiver.owner, waiver.expires) == ("the mock", "ann", TOMORROW)


def test_accepting_again_renews_and_keeps_what_is_not_said(paths):
    accept(paths, catalogue(), Acceptance("DF002", SETTING, "one", "ann", TOMORROW))
    written = accept(paths, catalogue(), Acceptance("differs.invisibly", SETTING, "two"))
    assert (written.renewed, written.until) == (True, TOMORROW)
    later = TOMORROW + timedelta(days=9)
    assert accept(paths, catalogue(), Acceptance("DF002", SETTING, "", "", later)).until == later
    waivers = load(paths).waivers
    assert [(w.reason, w.owner, w.expires) for w in waivers] == [("two", "ann", later)]


def test_renewing_needs_something_new(paths):
    accept(paths, catalogue(), Acceptance("DF002", SETTING, "one", until=TOMORROW))
    with pytest.raises(UsageError, match=f"accepted already, until {TOMORROW}") as caught:
        accept(paths, catalogue(), Acceptance("DF002", SETTING, ""))
    line = paths.config.read_text().splitlines().index(f'setting = "{SETTING}"') + 1
    assert caught.value.where == f"{paths.config}:{line}"
    past = paths.config.read_text().replace(str(TOMORROW), "2020-01-01")
    paths.config.write_text(past)
    with pytest.raises(UsageError, match="until 2020-01-01, which is past") as caught:
        accept(paths, catalogue(), Acceptance("DF002", SETTING, "two"))
    assert "--until" in caught.value.next_step
    assert paths.config.read_text() == past


def test_what_a_pattern_accepts_names_the_pattern(paths):
    accept(paths, catalogue(), Acceptance("DF002", "services.web.*", "all of it"))
    with pytest.raises(UsageError, match=r"accepted already by `services.web.\*`") as caught:
        accept(paths, catalogue(), Acceptance("DF002", SETTING, "", until=TOMORROW))
    assert "renew `DF002 services.web.*`" in caught.value.next_step
    assert not accept(paths, catalogue(), Acceptance("DF002", SETTING, "of its own")).renewed


def test_an_accepted_finding_is_found(paths):
    folded = Folded(finding("DF002", SETTING), Why.WAIVER, "the mock")
    given = replace(report(), folded=(folded,))
    assert find(given, f"DF002 {SETTING}").setting == SETTING
    other = replace(report(), folded=(replace(folded, why=Why.EXPECTED),))
    with pytest.raises(UsageError, match="no finding"):
        find(other, f"DF002 {SETTING}")


def test_a_pattern_is_for_all_findings_of_its_rule():
    given = report(
        finding("DF002", "services.db.a[0]"),
        finding("DF002", "services.db.b"),
        finding("DF002", "services.web.a"),
        finding("DF003", "services.web.b", "differs.in-type"),
    )
    found = find(given, "DF002 services.db.*")
    assert (found.key, len(found.findings)) == ("DF002 services.db.*", 2)
    assert len(find(given, "differs.invisibly services.*").findings) == 3
    assert find(given, "services.db.*").rule == "DF002"
    assert find(given, "services.db.a[*").rule == "DF002"
    for unclear, message in (("services.*", "several"), ("DF002 jobs.*", "no finding")):
        with pytest.raises(UsageError, match=message):
            find(given, unclear)


def test_waivers_written_in_one_line_stay_so(paths):
    paths.config.write_text(
        'waivers = [{rule = "DF001", setting = "services.a", reason = "x"}] # few\n' + TEXT
    )
    accept(paths, catalogue(), Acceptance("DF002", SETTING, "y"))
    assert "# few" in paths.config.read_text()
    assert [w.setting for w in load(paths).waivers] == ["services.a", SETTING]


def test_what_would_accept_nothing_is_refused(paths):
    yesterday = TOMORROW - timedelta(days=2)
    for wanted, message in (
        (Acceptance("DF002", SETTING, " "), "reason"),
        (Acceptance("DF002", SETTING, "x", until=yesterday), "past"),
        (Acceptance("DF0022", SETTING, "x"), "no rule"),
    ):
        with pytest.raises(UsageError, match=message):
            accept(paths, catalogue(), wanted)
    assert paths.config.read_text() == TEXT


def test_a_finding_by_its_key_or_by_its_setting():
    given = report(
        finding("DF002", SETTING), finding("DF003", "services.db.image.tag", "differs.in-type")
    )
    assert find(given, f"DF002 {SETTING}").rule == "DF002"
    assert find(given, "services.db.image.tag").rule == "DF003"
    assert find(given, f"differs.invisibly {SETTING}").rule == "DF002"


def test_an_unknown_finding_names_the_nearest():
    given = report(finding("DF002", SETTING), finding("WV001", "waivers.x"))
    with pytest.raises(UsageError, match="no finding") as caught:
        find(given, "DF002 services.web.environment.B")
    assert SETTING in caught.value.detail
    with pytest.raises(UsageError):
        find(given, "WV001 waivers.x")
    two = report(finding("DF002", SETTING), finding("EN001", SETTING))
    with pytest.raises(UsageError, match="several"):
        find(two, SETTING)


def test_a_baseline_accepts_what_is_there_and_forgets_what_is_mended(paths):
    first = report(finding("DF002", SETTING), finding("DF002", "services.b"), finding("CK001", "x"))
    assert write_baseline(paths, first) == 2
    kept = waivers_of(paths, load(paths))
    assert {w.setting for w in kept.tables} == {SETTING, "services.b"}
    assert kept.origins[0].file.endswith("/parity.baseline.toml")
    stale = finding("WV002", f"waivers.{SETTING}", "waiver.stale")
    assert write_baseline(paths, report(stale, finding("DF002", "services.c"))) == 2
    assert {w.setting for w in waivers_of(paths, load(paths)).tables} == {
        "services.b",
        "services.c",
    }
    assert paths.config.read_text() == TEXT


def test_line_ends_of_another_system_stay(paths):
    paths.config.write_bytes(TEXT.replace("\n", "\r\n").encode())
    accept(paths, catalogue(), Acceptance("DF002", SETTING, "x"))
    raw = paths.config.read_bytes()
    assert raw.startswith(TEXT.replace("\n", "\r\n").encode())
    assert raw.count(b"\n") == raw.count(b"\r\n") > TEXT.count("\n")
    assert load(paths).waivers[0].setting == SETTING


def test_a_link_stays_a_link(paths):
    shared = paths.root / "shared.toml"
    paths.config.rename(shared)
    paths.config.symlink_to("shared.toml")
    accept(paths, catalogue(), Acceptance("DF002", SETTING, "x"))
    assert paths.config.is_symlink()
    assert SETTING in shared.read_text()


def test_many_at_once_all_count(paths):
    settings = [f"services.web.environment.{letter}" for letter in "ABCDEFGH"]
    with ThreadPoolExecutor(8) as pool:
        wanted = [Acceptance("DF002", setting, "x") for setting in settings]
        list(pool.map(lambda one: accept(paths, catalogue(), one), wanted))
    assert sorted(w.setting for w in load(paths).waivers) == settings
