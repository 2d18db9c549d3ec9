"""All probes of hosts."""

import json
from pathlib import Path

from parity.probes.host import registry
from parity.probes.host.contract import HostSeen

RECORDED = HostSeen(**json.loads((Path(__file__).parent / "recorded.json").read_text()))


def test_each_is_found_and_asks_once():
    names = {probe.__name__.rpartition(".")[2] for probe in registry.host_probes()}
    assert names == {"engine", "kernel"}
    assert len(set(registry.wants())) == len(registry.wants())
    assert "/proc/sys/vm/max_map_count" in registry.wants()


def test_a_whole_host():
    found = registry.read(RECORDED)
    assert (found.values["cpus"], found.values["swap"], found.unread) == (2, 0, {})


def test_where_no_helper_could_look():
    found = registry.read(HostSeen(RECORDED.info, RECORDED.version), "no helper")
    assert found.values["kernel"] == "6.1.0-18-amd64"
    assert found.unread["sysctls"] == "no helper"
    assert "kernel" not in found.unread
