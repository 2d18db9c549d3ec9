"""What the script says of incidents that were reproduced."""

from pathlib import Path

import pytest

from scripts.lib import reproduce
from scripts.lib.incident_stacks import Incident

INCIDENT = Incident(
    "one",
    Path("/stacks/one"),
    "env",
    "It fails",
    "web",
    "prod",
    "^fine",
    "^refused",
    ("services.web.environment.A", "services.web.configs*.content"),
)


def report(*settings):
    return {
        "findings": [{"rule": "EN001", "setting": s, "message": "it differs"} for s in settings]
    }


def judged(*settings, broken=""):
    return reproduce.judged(
        INCIDENT, broken, 1, report(*settings), 2.0, "begun\nrefused: a|b\nand so on\n"
    )


def test_the_rank_is_that_of_the_first_culprit():
    row = judged("services.web.user", "services.web.environment.A", "services.web.environment.A")
    assert (row.rank, row.findings, row.good) == (2, 3, True)


def test_a_culprit_may_be_a_pattern():
    assert judged('services.web.configs["/etc/a.conf"].content').rank == 1


@pytest.mark.parametrize(
    ("settings", "broken"),
    [
        (("a", "b", "c", "services.web.environment.A"), ""),
        (("a",), ""),
        (("services.web.environment.A",), "dev said: 1"),
    ],
)
def test_what_is_not_good(settings, broken):
    assert not judged(*settings, broken=broken).good


def test_the_configuration_names_both_projects():
    text = reproduce.configuration(INCIDENT)
    assert 'project = "incident-one-dev"' in text
    assert 'files = ["/stacks/one/prod.yaml"]' in text


def test_a_row_says_where_it_works_and_where_not():
    text = reproduce.line(judged("services.web.environment.A"), 5)
    assert "dev  prod   1 of 1   EN001" in text
    assert reproduce.line(judged("a"), 5).startswith("!")


def test_the_page_has_what_the_failing_side_said():
    text = reproduce.page([judged("services.web.environment.A")])
    assert (
        "1 incidents: the culprit is among the first 3 findings for 1, the first of them for 1."
        in text
    )
    assert (
        "| `refused: a/b` | `services.web.environment.A` | [EN001](rules/EN001.md) | 1 of 1 |"
        in text
    )


def test_the_list_needs_no_engine(capsys):
    assert reproduce.main(["--list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 25


def test_a_row_of_an_incident_that_was_not_run_is_kept():
    known = reproduce.incident_stacks.known()[0]
    row = f"| [{known}](../a): It fails | env | dev | prod |  | `a` | EN001 | 3 of 4 | 1 | 9 |"
    gone = row.replace(known, "no-such-incident")
    text = reproduce.page([judged("services.web.environment.A")], f"{row}\n{gone}\n")
    assert row in text
    assert gone not in text
    assert (
        "2 incidents: the culprit is among the first 3 findings for 2, the first of them for 1."
        in text
    )
