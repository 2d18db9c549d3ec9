"""Process 1."""

from parity.probes.inside import process
from parity.probes.inside.contract import Seen


def test_who_it_is_and_what_it_may(recorded):
    found = process.read(recorded("web")).values
    assert found["user"] == found["group"] == 10001
    assert found["capabilities"] == []
    assert (found["seccomp"], found["no-new-privileges"]) == ("filter", True)
    assert found["ulimits"]["nofile"] == {"soft": 20000, "hard": 20000}
    assert found["ulimits"]["stack"]["hard"] == "unlimited"
    assert "nproc" not in found["ulimits"], "taken from the machine's memory"


def test_capabilities_have_their_names():
    seen = Seen({}, files={"/proc/1/status": "CapEff:\t0000000000000401\nSeccomp:\t0\n"})
    assert process.read(seen).values == {
        "capabilities": ["chown", "net_bind_service"],
        "seccomp": "disabled",
    }


def test_rubbish_says_nothing():
    status = "Uid:\nGid:\t\x1b[2J\nCapEff:\tzz\nSeccomp:\t9\nNoNewPrivs:\n"
    limits = "Max open files\nMax stack size            1"
    files = {"/proc/1/status": status, "/proc/1/limits": limits}
    assert process.read(Seen({}, files=files)).values == {}
    assert process.read(Seen({})).values == {}
