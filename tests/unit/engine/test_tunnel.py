import os
import socket
import struct
import subprocess
import sys
import threading

import pytest

from parity.engine import tunnel
from parity.errors import EngineError


def framed(kind, data):
    return struct.pack(">BxxxL", kind, len(data)) + data


@pytest.fixture
def engine(client):
    """A client whose exec is one end of a pair of sockets; the other is the engine's."""
    ours, theirs = socket.socketpair()
    made = client(
        exec_create={"Id": "e1"},
        exec_start=lambda *_, **__: ours,
        exec_inspect={"Running": False, "ExitCode": 3},
    )
    made.theirs = theirs
    yield made
    ours.close()
    theirs.close()


def test_output_is_read_from_its_frames_and_what_goes_wrong_is_kept(engine):
    running = tunnel.Exec(engine, "c1", ["x"], idle=2)
    engine.theirs.sendall(
        framed(1, b"hel") + framed(2, b"Connection\n refused ") + framed(1, b"lo")
    )
    assert running.read() + running.read() == b"hello"
    assert running.reason == "Connection refused"
    running.write(b"up")
    assert engine.theirs.recv(9) == b"up"
    assert running.code() == 3
    running.close()
    assert engine.theirs.recv(9) == b""


def test_its_end_is_the_end(engine):
    running = tunnel.Exec(engine, "c1", ["x"], idle=2)
    engine.theirs.sendall(b"\x01\x00")
    engine.theirs.close()
    assert running.read() == b""


def test_silence_is_a_timeout(engine):
    with pytest.raises(TimeoutError):
        tunnel.Exec(engine, "c1", ["x"], idle=0.1).read()


def test_what_is_no_stream_is_refused(engine):
    engine.theirs.sendall(b"HTTP/1.1 500 no")
    with pytest.raises(OSError, match="no stream"):
        tunnel.Exec(engine, "c1", ["x"], idle=2).read()


def test_a_flood_of_complaints_is_cut(engine):
    running = tunnel.Exec(engine, "c1", ["x"], idle=2)
    threading.Thread(
        target=lambda: engine.theirs.sendall(framed(2, b"x" * 99_999) + framed(1, b"y"))
    ).start()
    assert running.read() == b"y"
    assert len(running.reason) == 200 and len(running.said) < 5000


def test_a_helper_has_the_network_and_nothing_else_and_goes(client):
    made = []
    engine = client(
        create_container_from_config=lambda body: made.append(body) or {"Id": "h1"},
        start=None,
        remove_container=None,
    )
    with (
        pytest.raises(ZeroDivisionError),
        tunnel.helper(engine, "gateway:1", "c1", {"a": "b"}) as one,
    ):
        assert one == "h1"
        raise ZeroDivisionError
    assert [name for name, *_ in engine.calls][-1] == "remove_container"
    host = made[0]["HostConfig"]
    assert host["NetworkMode"] == "container:c1" and host["CapDrop"] == ["ALL"]
    assert host["ReadonlyRootfs"] and host["Memory"] and host["PidsLimit"]
    assert made[0]["Labels"] == {"a": "b"} and made[0]["User"] != "0"


def test_an_image_that_is_not_there_is_told(client):
    from docker.errors import ImageNotFound

    engine = client(create_container_from_config=ImageNotFound("no such image"))
    with pytest.raises(EngineError, match="gateway:1 is not on this engine"):
        tunnel.helper(engine, "gateway:1", "c1", {}).__enter__()


def test_one_that_cannot_start_is_removed(client, api_error):
    engine = client(
        create_container_from_config={"Id": "h1"},
        start=api_error("cannot join network of a non running container"),
        remove_container=None,
    )
    with pytest.raises(EngineError, match="non running"):
        tunnel.helper(engine, "gateway:1", "c1", {}).__enter__()
    assert engine.calls[-1][0] == "remove_container"


def relay(port, host="127.0.0.1"):
    words = [sys.executable, "-I", "-S", "-B", "-c", tunnel._RELAY, host, str(port), "2"]
    return subprocess.Popen(
        words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_the_relay_joins_a_connection_with_its_two_ends():
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        relay(listener.getsockname()[1]) as far,
    ):
        peer, _ = listener.accept()
        with peer:
            peer.settimeout(5)
            far.stdin.write(b"knock")
            far.stdin.flush()
            assert peer.recv(9) == b"knock"
            peer.sendall(b"x" * 300_000)
            assert len(far.stdout.read(300_000)) == 300_000
            far.stdin.close()
            assert peer.recv(9) == b""
        assert far.wait(5) == 0


def test_the_relay_says_why_it_cannot_connect():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with relay(port) as far:
        assert far.stderr.read() == b"Connection refused" or os.name == "nt"
        assert far.wait(5) == 1


def test_a_tunnel_is_a_door_with_a_helper_of_its_own(client):
    engine = client(create_container_from_config={"Id": "h1"}, start=None, remove_container=None)
    with tunnel.tunnel(engine, "gateway:1", "c1", "db", 5432, {}) as door:
        assert door.host == "127.0.0.1" and door.port
    assert engine.calls[-1][0] == "remove_container"
