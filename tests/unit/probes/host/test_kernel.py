"""The kernel that all containers of a host see."""

import json
from dataclasses import replace
from pathlib import Path

from parity.probes.host import kernel
from parity.probes.host.contract import HostSeen

RECORDED = HostSeen(**json.loads((Path(__file__).parent / "recorded.json").read_text()))


def test_recorded():
    found = kernel.read(RECORDED).values
    assert found["sysctls"]["vm.max_map_count"] == "65530"
    assert (found["swap"], found["transparent-hugepages"], found["mtu"]) == (0, "madvise", 1400)
    assert "avx2" in found["cpu-features"]
    assert not {"clock-offset", "disk-full"} & set(found)


def test_a_clock_that_is_off_and_a_disk_that_is_full():
    found = kernel.read(replace(RECORDED, offset=-312.26, disk=97)).values
    assert (found["clock-offset"], found["disk-full"]) == (-312.3, 97)
    quiet = kernel.read(replace(RECORDED, offset=0.9, disk=90)).values
    assert not {"clock-offset", "disk-full"} & set(quiet)


def test_another_processor():
    files = {"/proc/cpuinfo": "processor : 0\nFeatures\t: fp asimd crc32 atomics\n"}
    assert kernel.read(HostSeen({}, {}, files)).values == {
        "cpu-features": ["asimd", "atomics", "crc32"]
    }


def test_without_a_way_out_there_is_no_mtu():
    files = {
        "/proc/net/route": "Iface Destination\neth0 0000A8C0\n",
        "/sys/class/net/eth0/mtu": "9",
    }
    assert kernel.read(HostSeen({}, {}, files)).values == {}
    assert kernel.read(HostSeen({}, {})).values == {}
