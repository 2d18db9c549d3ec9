"""What a helper is asked, and what is made of its answer. In real containers: tests/engine/test_live_layers.py."""

import json

import pytest

from parity.engine import inside
from parity.errors import EngineError
from parity.probes.contract import File
from parity.probes.inside.contract import Wants

RECORD = {
    "Id": "c1",
    "Image": "sha256:1",
    "State": {"Running": True, "Pid": 4711},
    "Config": {"User": "999:7"},
    "HostConfig": {"PidMode": ""},
    "Mounts": [{"Type": "volume", "Destination": "/data"}],
}
ANSWER = {
    "files": {"/proc/1/status": "Uid:\t1"},
    "inside": {"/etc/hosts": ""},
    "places": {},
    "trees": {"/data": {"files": {"a": "1"}, "whole": True}},
    "offsets": [0, 0],
    "locale": {"name": "", "available": True},
    "sort": "a b",
    "now": 1.0,
}
WANTS = Wants(("/proc/1/status",), ("/etc/hosts",), ("/data",), ("/data",))


@pytest.fixture
def asked(monkeypatch):
    """What the helper was asked, and with which rights."""
    told = {}

    def run(client, image, words, host, marks):
        argument = json.loads(words[-1])
        told.update(argument=argument, host=host, image=image, marks=marks)
        first = argument["environ"].split("/")[2]
        files = {f"/proc/{first}/status": "Uid:\t1"}
        return json.dumps({**ANSWER, "files": files}).encode()

    monkeypatch.setattr(inside, "run_helper", run)
    folder = File(0o755, 0, folder=True, files={"a": b"x"})
    monkeypatch.setattr(inside, "read_files", lambda *_: {"/data": folder})
    return told


def look(record):
    return inside.look(None, "helper:1", record, {"A": "1"}, WANTS, {"role": "helper"})


def test_it_joins_the_container_s_processes_and_network(asked):
    seen = look(RECORD)
    assert asked["host"]["PidMode"] == asked["host"]["NetworkMode"] == "container:c1"
    assert asked["argument"]["root"] == "/proc/1/root"
    assert (asked["argument"]["user"], asked["argument"]["group"]) == (999, 7)
    assert seen.files == {"/proc/1/status": "Uid:\t1"}
    assert (seen.expected, seen.sort, seen.offsets) == ({"A": "1"}, "a b", (0, 0))
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    assert seen.images == {"/data": {"a": digest}}


def test_with_the_host_s_processes_it_looks_at_the_container_s_first(asked):
    seen = look({**RECORD, "HostConfig": {"PidMode": "host"}, "Config": {"User": "app"}})
    assert asked["host"]["PidMode"] == "host"
    assert asked["argument"]["files"] == ["/proc/4711/status"]
    assert asked["argument"]["user"] == 0, "a name is of the container's own table"
    assert seen.files == {"/proc/1/status": "Uid:\t1"}


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"State": {"Running": False}}, "does not run"),
        ({"State": {"Running": True, "Paused": True}}, "is paused"),
        ({"HostConfig": {"PidMode": "container:x"}}, "another container's"),
    ],
)
def test_where_nothing_can_be_seen(asked, other, why):
    with pytest.raises(EngineError, match=why):
        look({**RECORD, **other})
    assert not asked


def test_rubbish_for_an_answer(monkeypatch):
    monkeypatch.setattr(inside, "run_helper", lambda *_: b"{")
    with pytest.raises(EngineError, match="cannot be read"):
        look(RECORD)
