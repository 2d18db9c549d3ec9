"""Bytes of two streams in one connection, in whatever pieces they arrive."""

import socket
import struct
from types import SimpleNamespace

import pytest

from parity.state.stream import Stream

STDOUT, STDERR = 1, 2


def frame(kind, data):
    return struct.pack(">BxxxL", kind, len(data)) + data


def wrapping(here, made):
    """The SDK's file over a socket, and the answer that both came with."""
    answer = SimpleNamespace(close=lambda: made.append("answer closed"))
    return SimpleNamespace(_sock=here, _response=answer, close=lambda: made.append("file closed"))


@pytest.fixture
def running():
    """A stream and the other end of its connection; `made` are the exec's arguments."""
    ends = []

    def make(code=0, *, wrapped=False, environment=None):
        here, there = socket.socketpair()
        ends.extend((here, there))
        made = []
        api = SimpleNamespace(
            exec_create=lambda *args, **more: made.append((args, more)) or {"Id": "x"},
            exec_start=lambda one, socket: wrapping(here, made) if wrapped else here,
            exec_inspect=lambda one: {"ExitCode": code},
        )
        stream = Stream(SimpleNamespace(api=api), "keeper", ["agent", "pack"], environment)
        return SimpleNamespace(stream=stream, there=there, made=made)

    yield make
    for end in ends:
        end.close()


def read_all(stream, size=1 << 16):
    parts = []
    while data := stream.read(size):
        parts.append(data)
    return b"".join(parts)


def test_stdout_is_read_and_stderr_kept(running):
    one = running()
    one.there.sendall(
        frame(STDOUT, b"ab") + frame(STDERR, b"oh ") + frame(STDERR, b"no") + frame(STDOUT, b"cd")
    )
    one.there.close()
    assert read_all(one.stream) == b"abcd"
    assert one.stream.said == b"oh no"


def test_frames_may_be_split_anywhere(running):
    one = running()
    sent = frame(STDOUT, b"abcdef") + frame(STDERR, b"warning") + frame(STDOUT, b"g")
    got = b""
    one.there.sendall(sent[:3])
    for byte in sent[3:-1]:
        one.there.sendall(bytes([byte]))
    got += one.stream.read(4)
    assert got == b"abcd", "no more than was asked for"
    got += one.stream.read(4)
    one.there.sendall(sent[-1:])
    one.there.close()
    assert got + read_all(one.stream) == b"abcdefg"
    assert one.stream.said == b"warning"


def test_an_empty_frame_is_no_end(running):
    one = running()
    one.there.sendall(frame(STDOUT, b"") + frame(STDERR, b"") + frame(STDOUT, b"x"))
    one.there.close()
    assert read_all(one.stream) == b"x"


def test_a_long_frame_arrives_whole(running):
    one = running()
    data = bytes(range(256)) * 300
    one.there.sendall(frame(STDOUT, data))
    one.there.close()
    assert read_all(one.stream, 1000) == data


@pytest.mark.parametrize("cut", [1, 7])
def test_a_connection_that_ends_within_a_head_is_an_end(running, cut):
    one = running()
    one.there.sendall(frame(STDOUT, b"ab") + frame(STDOUT, b"cd")[:cut])
    one.there.close()
    assert read_all(one.stream) == b"ab"


def test_what_is_written_arrives_and_ends_where_it_is_said_to(running):
    one = running()
    one.stream.write(b"abc")
    one.stream.write(b"def")
    one.stream.close_write()
    received = b""
    while data := one.there.recv(100):
        received += data
    assert received == b"abcdef"
    one.there.sendall(frame(STDOUT, b"thanks"))
    one.there.close()
    assert read_all(one.stream) == b"thanks", "the other direction is still open"


@pytest.mark.parametrize(("code", "expected"), [(0, 0), (1, 1), (137, 137), (None, 0)])
def test_the_exit_code_is_asked_for_at_the_end(running, code, expected):
    one = running(code)
    one.there.sendall(frame(STDOUT, b"left over") + frame(STDERR, b"why"))
    one.there.close()
    assert one.stream.finish() == expected
    assert one.stream.said == b"why"


def test_the_sdks_file_is_taken_off_the_socket(running):
    one = running(wrapped=True)
    one.there.sendall(frame(STDOUT, b"x"))
    assert one.stream.read() == b"x"


def test_leaving_hangs_up(running):
    one = running()
    with pytest.raises(KeyError), one.stream:
        raise KeyError
    assert one.there.recv(1) == b""


def test_the_program_is_told_whose_work_it_does(running):
    one = running(environment={"PARITY_LEASE": "me"})
    ((arguments, more),) = one.made
    assert arguments == ("keeper", ["agent", "pack"])
    assert more == {"stdin": True, "environment": {"PARITY_LEASE": "me"}}


def test_nothing_holds_the_connection_open_afterwards(running):
    """Python warns of what is found open later, and tests in which warnings are errors fail of it."""
    one = running(wrapped=True)
    one.stream.close()
    assert one.made[1:] == ["answer closed", "file closed"]
    assert one.there.recv(1) == b""
