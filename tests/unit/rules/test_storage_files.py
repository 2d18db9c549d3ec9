"""FS009 to FS014: what the tables of cases cannot say."""

import pytest

from parity.model.hidden import MARK, Concealed, Hidden
from parity.rules import storage_files


def file(text):
    mount = {"type": "bind", "source": "/a", "target": "/etc/app.ini", "x-content": text}
    return {"volumes": [mount]}


def said(report, rule):
    return [f for f in report.findings if f.rule == rule]


def test_keys_are_named_and_counted(judged):
    one = "".join(f"key{n} = 1\n" for n in range(6))
    two = "".join(f"key{n} = 2\n" for n in range(6))
    (finding,) = said(judged(file(one), file(two)), "FS011")
    assert finding.message == (
        "/etc/app.ini differs in 12 lines, at key0, key1, key2, key3 and 2 more"
    )


def test_a_secret_in_a_file_is_not_told(judged):
    sides = [
        Concealed(f"password = {MARK}\n", (Hidden("alnum", length, f"run:{length}"),))
        for length in (12, 14)
    ]
    texts = " ".join(str(f) for f in judged(*map(file, sides)).findings)
    assert "Hidden(" not in texts
    plain = [Concealed(f"{key} = {MARK}\n", (Hidden("alnum", 9, "run:1"),)) for key in "ab"]
    (finding,) = said(judged(*map(file, plain)), "FS011")
    assert finding.message.endswith("at a, b")


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [("444", "644", True), ("400", "440", False), ("555", "444", False), ("odd", "odd", True)],
)
def test_modes_mean_who_reads_and_who_executes(one, two, same):
    assert (storage_files._meaning(one) == storage_files._meaning(two)) is same
