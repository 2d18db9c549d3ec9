"""How agents are started and how their answers are read."""

import json

import pytest

from parity.errors import EngineError
from parity.state import agent


class Api:
    """An engine that runs one agent; `code` and `output` are what comes of it."""

    def __init__(self, code=0, output=b'{"done": 1}'):
        self.code, self.output, self.config, self.removed = code, output, None, []

    def create_container_from_config(self, config):
        self.config = config
        return {"Id": "c1"}

    def start(self, container):
        if self.code == "refused":
            from docker.errors import APIError

            raise APIError("no", explanation="no such device")

    def wait(self, container, timeout):
        return {"StatusCode": self.code}

    def logs(self, container, *, stdout, stderr):
        return self.output if stdout else b"noise"

    def remove_container(self, container, *, force):
        self.removed.append(container)


class Client:
    def __init__(self, api):
        self.api = api


def test_an_agent_of_its_own_is_told_once_and_gone_afterwards():
    api = Api()
    said = agent.once(Client(api), "i:1", agent.host("parity-store"), "clone", copies=[])
    assert agent.answer("clone", *said) == {"done": 1}
    assert api.config["Cmd"] == ["clone", json.dumps({"copies": []})]
    assert api.config["HostConfig"]["NetworkMode"] == "none"
    assert "dev.parity.lease" in api.config["Labels"]
    assert api.removed == ["c1"]


def test_it_is_gone_as_well_where_it_could_not_start():
    api = Api(code="refused")
    with pytest.raises(EngineError, match="no such device"):
        agent.once(Client(api), "i:1", {}, "clone")
    assert api.removed == ["c1"]


def test_only_the_pool_gets_loop_devices_and_its_file():
    plain, pool = agent.host("parity-store"), agent.host("parity-pool")
    assert plain["DeviceCgroupRules"] == []
    assert [m["Target"] for m in plain["Mounts"]] == ["/store"]
    assert pool["DeviceCgroupRules"] == ["b 7:* rwm", "c 10:237 rwm"]
    assert [m["Target"] for m in pool["Mounts"]] == ["/store", "/image"]
    assert all(m["VolumeOptions"] == {"NoCopy": True} for m in pool["Mounts"])


def test_a_full_disk_is_told_with_what_helps():
    said = json.dumps({"error": "it takes 2 GiB", "errno": "ENOSPC"}).encode()
    with pytest.raises(EngineError, match="cannot clone: it takes 2 GiB") as full:
        agent.answer("clone", 1, said, b"")
    assert "parity gc" in full.value.next_step


@pytest.mark.parametrize(
    ("code", "output", "noise", "told"),
    [
        (1, b"", b"Traceback: boom", "boom"),
        (137, b"", b"", "no answer"),
        (3, b'{"a": 1}', b"", "exit code 3"),
    ],
)
def test_one_that_fell_over_is_an_error_with_what_it_said(code, output, noise, told):
    with pytest.raises(EngineError, match=told):
        agent.answer("digest", code, output, noise)
