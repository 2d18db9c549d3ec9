"""What many services share is one finding."""

from copy import deepcopy

import pytest

from parity.model.setting import Layer
from scripts.lib.cases import environment, judge

READ = frozenset({Layer.DECLARED, Layer.RUNNING, Layer.HOST})
NAMES = ("api", "cache", "web", "worker", "zoo")


def sides(left, right, images=None):
    def one(name, facts):
        body = {
            service: {
                "image": (images or {}).get(service, "shop:1"),
                "x-parity": {"facts": deepcopy(facts)},
            }
            for service in NAMES
        }
        return environment(name, {"services": body}, layers=READ)

    return one("local", left), one("production", right)


def test_a_clock_of_the_host_is_told_once_and_names_the_services(catalogue):
    report = judge(
        *sides({"host": {"cpus": 8}}, {"host": {"cpus": 8, "clock-offset": -47}}), catalogue
    )
    (finding,) = report.findings
    assert finding.rule == "HO007"
    assert finding.message.endswith("(so it is for `cache`, `web`, `worker` and 1 more)")
    assert [place.setting for place in finding.places] == [
        f"services.{name}.host.clock-offset" for name in NAMES
    ]
    assert [folded.reason for folded in report.folded] == ["see HO007 at `api`"] * 4


def test_the_service_that_it_matters_to_comes_first(catalogue):
    facts = [{"host": {"sysctls": {"vm.overcommit_memory": value}}} for value in ("1", "0")]
    (finding,) = judge(*sides(*facts, {"cache": "redis:7"}), catalogue).findings
    assert (finding.rule, finding.service) == ("HO002", "cache")


def test_another_value_is_another_finding(catalogue):
    left, right = sides(
        {"running": {"limits": {"pids": 4000}}}, {"running": {"limits": {"pids": 100}}}
    )
    right.document["services"]["web"]["x-parity"]["facts"]["running"]["limits"]["pids"] = 50
    findings = judge(left, right, catalogue).findings
    assert [(each.service, each.rule) for each in findings] == [("api", "RU005"), ("web", "RU005")]


@pytest.mark.parametrize("fact", ["healthy", "image"])
def test_troubles_of_services_are_not_shared(catalogue, fact):
    values = {"healthy": (True, False), "image": ("sha256:1", "sha256:2")}[fact]
    report = judge(*sides(*({"running": {fact: value}} for value in values)), catalogue)
    assert len(report.findings) == len(NAMES)
