"""What was seen."""

from parity.probes.inside.contract import Seen


def test_somebody_looked_or_nobody_did():
    assert not Seen({"Id": "x"})
    assert Seen({}, files={"/proc/1/status": ""})
