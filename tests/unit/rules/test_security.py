"""SE001 to SE006: what the tables of cases cannot say."""

import pytest

from parity.diff.settings import flatten
from parity.diff.view import Service
from parity.model.document import ABSENT
from parity.rules import security


@pytest.mark.parametrize(
    ("user", "wanted"),
    [(ABSENT, None), ("", None), ("root", True), ("0:0", True), ("0", True), ("1000", False)],
)
def test_root(user, wanted):
    assert security.root(user) is wanted


def test_writable_folders_leave_out_files_and_what_is_read_only():
    body = {
        "tmpfs": ["/tmp:size=1m"],
        "volumes": [
            {"type": "volume", "source": "d", "target": "/data"},
            {"type": "bind", "source": "/s", "target": "/ro", "read_only": True},
            {"type": "bind", "source": "/c", "target": "/etc/a.conf", "x-content": "a"},
        ],
    }
    service = Service("web", flatten(body), body)
    assert sorted(security.writable_folders(service)) == ["/data", "/tmp"]


def test_what_can_be_written_is_told(judged):
    report = judged({}, {"read_only": True, "tmpfs": ["/run"]})
    (finding,) = (f for f in report.findings if f.rule == "SE002")
    assert finding.message.endswith("only /run can be written")
    assert finding.severity == "error"


def test_one_finding_where_rights_and_profile_differ(judged):
    report = judged({}, {"security_opt": ["no-new-privileges:true", "seccomp:unconfined"]})
    assert [f.rule for f in report.findings if f.rule.startswith("SE")] == ["SE004"]
    assert "SE005" in [f.finding.rule for f in report.folded]
