"""Facts and the settings that they are about."""

import pytest

from parity.diff.overruling import after, before, beside, facts_of, topic


@pytest.mark.parametrize(
    ("fact", "setting"),
    [
        (("image-config", "env", "A"), ("environment", "A")),
        (("image-config", "user"), ("user",)),
        (("image-config", "platform"), ("image-config", "platform")),
        (("running", "environment", "A"), ("environment", "A")),
        (("running", "limits", "cpus"), ("deploy", "resources", "limits", "cpus")),
        (("running", "ulimits", "nofile", "soft"), ("ulimits", "nofile", "soft")),
        (("host", "sysctls", "a.b"), ("sysctls", "a.b")),
        (("files", "libc"), ("files", "libc")),
    ],
)
def test_a_fact_is_about_a_setting(fact, setting):
    assert topic(fact) == setting
    assert fact in (*facts_of(setting), setting)


def test_what_counts_before_and_after_a_setting():
    assert before(("sysctls", "net.core.somaxconn")) == [("host", "sysctls", "net.core.somaxconn")]
    assert after(("shm_size",)) == [("running", "shm")]
    assert before(("image",)) == after(("image",)) == []


def test_what_stands_beside_a_setting():
    told = list(beside(("volumes", "/data", "read_only")))
    assert told == [
        ("running", "mounts", "/data", "writable"),
        ("running", "mounts", "/data", "owner"),
    ]
    assert list(beside(("command",))) == []
