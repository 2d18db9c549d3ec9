"""Frames of stdout and stderr on one socket."""

import socket
import struct

import pytest

from parity.engine.frames import Frames


def frame(kind, data):
    return struct.pack(">BxxxL", kind, len(data)) + data


@pytest.fixture
def pair():
    """(frames, the engine's end)."""
    mine, theirs = socket.socketpair()
    found = Frames(mine, idle=5)
    yield found, theirs
    found.close()
    theirs.close()


def test_the_two_are_told_apart(pair):
    frames, engine = pair
    engine.sendall(frame(1, b"on") + frame(2, b"noise") + frame(1, b"e"))
    engine.shutdown(socket.SHUT_WR)
    assert frames.read() + frames.read() == b"one"
    assert frames.read() == b""
    assert frames.said == b"noise"


def test_a_frame_may_be_read_in_parts(pair):
    frames, engine = pair
    engine.sendall(frame(1, b"abcdef"))
    assert [frames.read(4), frames.read(4)] == [b"abcd", b"ef"]


def test_of_stderr_the_end_is_kept(pair):
    frames, engine = pair
    for letter in (b"a", b"b", b"c"):
        engine.sendall(frame(2, letter * 30_000))
    engine.sendall(frame(1, b"x"))
    assert frames.read() == b"x"
    assert frames.said == b"c" * (1 << 12)


def test_rubbish_is_no_stream(pair):
    frames, engine = pair
    engine.sendall(b"HTTP/1.1 500 no\r\n")
    with pytest.raises(OSError, match="no stream of a program"):
        frames.read()


def test_silence_ends(pair):
    frames, _ = pair
    frames._socket.settimeout(0.01)
    with pytest.raises(TimeoutError):
        frames.read()


def test_what_is_written_arrives_and_has_an_end(pair):
    frames, engine = pair
    frames.write(b"in")
    frames.close_write()
    assert engine.recv(10) == b"in"
    assert engine.recv(10) == b""


def test_hanging_up_closes_all_that_holds_the_socket():
    closed = []

    class Answer:
        def close(self):
            closed.append("answer")

    mine, theirs = socket.socketpair()
    file = mine.makefile("rb", buffering=0)
    file._response = Answer()
    found = Frames(file)
    found.close()
    mine.close()
    assert closed == ["answer"]
    assert theirs.recv(1) == b""
    theirs.close()
