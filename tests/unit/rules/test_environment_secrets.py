"""More on EN033 to EN035 than their tables say: no value is ever told."""

import pytest

from parity.model.hidden import Hidden
from parity.rules.environment_secrets import _maybe_encoded


def said(report, rule):
    return [finding for finding in report.findings if finding.rule == rule]


KEY = "q7Jx0fPz4mNw8sLd"


def test_one_finding_names_all_secrets_of_a_service(judged):
    body = {"environment": {f"KEY_{i}_SECRET": f"{KEY}{i}" for i in range(6)}}
    (finding,) = said(judged(body, body), "EN033")
    assert finding.message.endswith("and 2 others")
    assert len(finding.places) == 6
    assert KEY not in str(finding)


def test_an_examples_password_is_information(judged):
    body = {"environment": {"POSTGRES_PASSWORD": "postgres"}}
    assert [f.severity.value for f in said(judged(body, body), "EN033")] == ["info"]


def test_the_edges_of_a_secret_are_told_and_not_the_secret(judged):
    report = judged({"environment": {"A_TOKEN": KEY}}, {"environment": {"A_TOKEN": f"{KEY}\r"}})
    (finding,) = said(report, "EN034")
    assert "carriage return" in finding.message
    assert KEY not in str(report)


def test_the_root_of_mysql_has_a_password_of_its_own(judged):
    def stack(password):
        return {
            "services": {
                "web": {
                    "image": "x:1",
                    "environment": {"DATABASE_URL": f"mysql://root:{password}@db/x"},
                },
                "db": {
                    "image": "mysql:8",
                    "environment": {
                        "MYSQL_ROOT_PASSWORD": KEY,
                        "MYSQL_USER": "shop",
                        "MYSQL_PASSWORD": "another-good-one-7",
                    },
                },
            }
        }

    report = judged(stack(KEY), stack("yet-another-one-77"))
    (finding,) = said(report, "EN035")
    assert finding.message.startswith("in production: ")
    assert "`root`" in finding.message


@pytest.mark.parametrize(
    ("secret", "used", "maybe"),
    [
        (Hidden("printable", 13), Hidden("printable", 15), True),
        (Hidden("printable", 13), Hidden("printable", 12), False),
        (Hidden("alnum", 13), Hidden("printable", 15), False),
        (Hidden("printable", 13), Hidden("printable", 14), False),
    ],
)
def test_a_password_may_be_written_as_urls_write_it(secret, used, maybe):
    assert _maybe_encoded(secret, used) is maybe
