"""What the tables of cases do not show: what is said of runtimes, and hostile versions."""

import pytest

from parity.model.setting import Layer
from scripts.lib.cases import environment, judge

READ = frozenset({Layer.DECLARED, Layer.FILESYSTEM})


def report(catalogue, left, right):
    def one(name, files):
        body = {"x-parity": {"facts": {"files": {"libc": "glibc", **files}}}}
        return environment(name, body, layers=READ)

    return judge(one("local", left), one("production", right), catalogue)


def test_what_changed_between_two_releases_is_said(catalogue):
    sides = ({"runtimes": {"node": version}} for version in ("16.20.2", "18.19.0"))
    (finding,) = report(catalogue, *sides).findings
    assert finding.message.startswith(
        "Node.js is 16.20.2 in local and 18.19.0 in production: since 17 `local"
    )
    assert finding.fix == "build both images with Node.js 18.19.0"


def test_hundreds_of_packages_are_one_finding_of_each_language(catalogue):
    left = {kind: {f"{kind}-{n}": "1.0" for n in range(300)} for kind in ("python", "node")}
    right = {kind: {f"{kind}-{n}": "1.1" for n in range(300)} for kind in ("python", "node")}
    right["node"]["node-7"] = "2.0"
    found = report(catalogue, left, right)
    assert [one.rule for one in found.findings] == ["IF013", "IF013"]
    assert found.findings[0].setting == "services.web.files.node.node-7"
    assert "and 292 more" in found.findings[0].message


@pytest.mark.parametrize("version", ["", "x", "9" * 5000, "1" * 5000 + ".2", "²", "3.\x1b[2J"])
def test_a_version_that_is_none_throws_nothing(catalogue, version):
    left = {
        "runtimes": {"python": version, "node": version},
        "python": {"a": version},
        "icu": version,
    }
    right = {"runtimes": {"python": "3.12", "node": "20"}, "python": {"a": "1"}, "icu": "72"}
    right["packages"] = {"musl": version}
    assert report(catalogue, left, {**right, "go": {"version": version}}).findings
