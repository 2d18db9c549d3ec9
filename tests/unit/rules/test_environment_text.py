"""More on EN008 to EN011 than their tables say."""

import pytest

from parity.model.environment import Environment
from parity.rules.environment_text import _cut
from scripts.lib.cases import judge


def rules(report):
    return {finding.rule for finding in report.findings}


@pytest.mark.parametrize(
    ("whole", "part", "cut"),
    [
        ("a#b", "a", True),
        ("a # b", "a", True),
        ("pre${X}post", "prepost", True),
        ("a$b", "a", True),
        ("ab", "a", False),
        ("a#/b", "a", False),
        ("$5 off", "$5", False),
    ],
)
def test_what_parsers_cut(whole, part, cut):
    assert bool(_cut(whole, part)) is cut


def test_quotes_of_equal_values_outrank_the_general_finding(judged):
    report = judged({"environment": {"A": "x y"}}, {"environment": {"A": "'x y'"}})
    assert rules(report) == {"EN008"}
    assert any("bytes" in line for line in report.findings[0].places[0].detail)


def test_a_reference_to_a_secret_is_no_unexpanded_variable(judged):
    report = judged({"environment": {"A": "x"}}, {"environment": {"A": "${secret:db}"}})
    assert "EN010" not in rules(report)


def test_a_placeholder_counts_on_productions_side_only(catalogue):
    bodies = ({"A_ID": "changeme"}, {"A_ID": "UA-1"})

    def sides(one, two):
        return [
            Environment(
                name, "compose", (), {"services": {"web": {"image": "x:1", "environment": body}}}
            )
            for name, body in zip((one, two), bodies, strict=True)
        ]

    assert "EN011" not in rules(judge(*sides("local", "prod"), catalogue))
    assert "EN011" in rules(judge(*sides("prod", "local"), catalogue))
