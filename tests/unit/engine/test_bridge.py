import socket
import threading
import time
from contextlib import suppress

import pytest

from parity.engine.bridge import Bridge, Limits
from parity.errors import EngineError


class Far:
    """The other end as a queue of answers."""

    def __init__(self, *answers, reason=""):
        self.answers, self.reason = list(answers), reason
        self.got, self.closed = b"", threading.Event()

    def read(self):
        if not self.answers:
            self.closed.wait(9)
            return b""
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def write(self, data):
        self.got += data

    def close(self):
        self.closed.set()


def said(bridge, send=b""):
    with socket.create_connection((bridge.host, bridge.port), 3) as client:
        client.settimeout(3)
        client.sendall(send)
        data = b""
        with suppress(ConnectionError):
            while part := client.recv(1 << 16):
                data += part
    return data


def test_bytes_go_both_ways():
    far = Far(b"hello ", b"you")
    with (
        Bridge(lambda: far) as bridge,
        socket.create_connection((bridge.host, bridge.port), 3) as client,
    ):
        client.sendall(b"knock")
        client.settimeout(3)
        assert client.recv(6) == b"hello "
        end = time.monotonic() + 3
        while far.got != b"knock" and time.monotonic() < end:
            time.sleep(0.01)
    assert far.got == b"knock" and bridge.reason == ""
    assert far.closed.wait(3)


@pytest.mark.parametrize(
    ("error", "reason"),
    [(OSError("no such host"), "no such host"), (EngineError("it is gone"), "it is gone")],
)
def test_what_cannot_be_reached_hangs_up_and_says_why(error, reason):
    def dial():
        raise error

    with Bridge(dial) as bridge:
        assert said(bridge) == b""
    assert bridge.reason == reason


def test_the_reason_of_the_other_end_is_told():
    with Bridge(lambda: Far(b"", reason="Connection refused")) as bridge:
        assert said(bridge) == b""
        assert bridge.reason == "Connection refused"


def test_silence_ends():
    with Bridge(lambda: Far(TimeoutError())) as bridge:
        assert said(bridge) == b""
        assert bridge.reason == "it did not answer within 10 seconds"


def test_a_flood_ends():
    with Bridge(lambda: Far(*[b"x" * 60_000] * 100), Limits(size=1 << 20)) as bridge:
        assert len(said(bridge)) <= 1 << 20
        assert bridge.reason == "it sent more than 1 MiB"


def test_everything_ends_when_the_time_is_over():
    far = Far(b"x")
    began = time.monotonic()
    with Bridge(lambda: far, Limits(seconds=1.5)) as bridge:
        assert said(bridge) == b"x"
    assert time.monotonic() - began < 4
    assert bridge.reason == "it was not done within 1.5 seconds"
    assert far.closed.wait(3)


def test_it_listens_for_this_machine_alone_and_only_for_its_time():
    with Bridge(lambda: Far(b"")) as bridge:
        assert bridge.host == "127.0.0.1"
    with pytest.raises(OSError):
        socket.create_connection((bridge.host, bridge.port), 1)


def test_only_so_many_connections_are_served():
    dialled = []
    with Bridge(lambda: dialled.append(1) or Far(b""), Limits(connections=2)) as bridge:
        for _ in range(3):
            client = socket.create_connection((bridge.host, bridge.port), 1)
            client.settimeout(0.3)
            with suppress(OSError):
                client.recv(1)
            client.close()
    assert len(dialled) == 2
