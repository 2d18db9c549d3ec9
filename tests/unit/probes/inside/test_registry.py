"""All probes of running containers."""

from parity.probes.inside import registry
from parity.probes.inside.contract import Seen


def test_each_is_found_and_asks_once():
    names = {probe.__name__.rpartition(".")[2] for probe in registry.inside_probes()}
    assert {"process", "limits", "mounts", "sockets"} <= names
    assert not names & {"registry", "contract", "_tables"}
    wanted = registry.wants({})
    assert len(set(wanted.files)) == len(wanted.files)
    assert wanted.files.count("/proc/1/environ") == 1


def test_a_whole_container(recorded):
    found = registry.read(recorded("queue"))
    assert not found.unread
    assert found.values["listening"]["5672/tcp"] == "everywhere"
    assert found.values["limits"]["memory"] == 335544320


def test_where_nobody_could_look_the_engine_s_word_stands_and_the_rest_is_unread():
    record = {"Image": "sha256:1", "Config": {"Env": ["A=1"]}}
    found = registry.read(Seen(record), "no helper")
    assert found.values == {"image": "sha256:1", "environment": {"A": "1"}}
    assert found.unread["listening"] == found.unread["sort"] == "no helper"
    assert "image" not in found.unread
