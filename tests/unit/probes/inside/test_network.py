"""The network as the kernel has it."""

from parity.probes.inside import network
from parity.probes.inside.contract import Seen


def test_what_a_namespace_has(recorded):
    found = network.read(recorded("web")).values
    assert (found["mtu"], found["ipv6"]) == (1500, False)
    assert found["sysctls"]["net.core.somaxconn"] == "1024"
    assert found["sysctls"]["net.ipv4.ip_local_port_range"] == "32768 60999"


def test_the_smallest_mtu_counts_and_a_link_local_address_does_not():
    files = {
        "/sys/class/net/eth0/mtu": "1500\n",
        "/sys/class/net/eth1/mtu": "1400\n",
        "/proc/1/net/if_inet6": "fe80000000000000 02 40 20 80 eth0\n",
    }
    found = network.read(Seen({}, files=files)).values
    assert found == {"mtu": 1400, "ipv6": False}
    files["/proc/1/net/if_inet6"] = "00000000000000000000000000000001 01 80 10 80 lo\n"
    assert network.read(Seen({}, files=files)).values["ipv6"] is True


def test_nobody_looked():
    assert network.read(Seen({})).values == {}
