"""Where a container listens."""

from parity.probes.inside import sockets
from parity.probes.inside.contract import Seen

HEAD = "  sl  local_address rem_address   st\n"


def listening(*tcp, tcp6=()):
    def table(rows):
        return HEAD + "".join(f"   {n}: {row} 0:0 0A\n" for n, row in enumerate(rows))

    files = {"/proc/1/net/tcp": table(tcp), "/proc/1/net/tcp6": table(tcp6)}
    return sockets.read(Seen({}, files=files)).values.get("listening")


def test_the_engine_s_own_resolver_and_connections_are_left_out(recorded):
    assert sockets.read(recorded("web")).values == {"listening": {"8000/tcp": "everywhere"}}


def test_loopback_alone_is_told():
    assert listening("0100007F:1F90") == {"8080/tcp": "loopback"}
    assert listening(tcp6=["00000000000000000000000001000000:1F90"]) == {"8080/tcp": "loopback"}


def test_the_widest_counts():
    assert listening("0100007F:1F90", "00000000:1F90") == {"8080/tcp": "everywhere"}
    assert listening("0100007F:1F90", "0205A8C0:1F90") == {"8080/tcp": "192.168.5.2"}


def test_rubbish_says_nothing():
    assert listening("zz:1F90", "0100:22") is None
    assert sockets.read(Seen({})).values == {}


def test_a_flood_is_not_read():
    rows = [f"00000000:{port:04X}" for port in range(1, 203)]
    files = {"/proc/1/net/tcp": "".join(f"0: {row} 0:0 0A\n" for row in rows)}
    found = sockets.read(Seen({}, files=files))
    assert not found.values
    assert found.unread == {"listening": "more than 200 ports"}
