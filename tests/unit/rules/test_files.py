"""What the tables of cases do not show: all packages of a service are one finding."""

from parity.model.setting import Layer
from scripts.lib.cases import environment, judge

READ = frozenset({Layer.DECLARED, Layer.FILESYSTEM})


def sides(left, right):
    def one(name, packages):
        body = {"x-parity": {"facts": {"files": {"packages": packages}}}}
        return environment(name, body, layers=READ)

    return one("local", left), one("production", right)


def test_many_packages_are_one_finding_with_what_matters_first(catalogue):
    left = {f"lib{n}": "1" for n in range(40)} | {"openssl": "1.1.1"}
    right = {f"lib{n}": "2" for n in range(40)} | {"openssl": "3.0.15"}
    report = judge(*sides(left, right), catalogue)
    (finding,) = report.findings
    assert finding.rule == "IF003"
    first = "openssl (1.1.1 and 3.0.15), lib0 (1 and 2)"
    assert finding.message.startswith(f"41 packages differ in local and in production: {first}")
    assert "and 33 more" in finding.message
    assert finding.setting == "services.web.files.packages.openssl"
    assert all("packages" in one.finding.setting for one in report.folded)
