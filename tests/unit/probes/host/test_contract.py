"""What was seen of a host."""

from parity.probes.host.contract import HostSeen


def test_by_default_its_clock_is_right():
    assert HostSeen({}, {}).offset == 0
