"""Answers of the agent, line by line, and its silence."""

import pytest

from parity.errors import EngineError
from parity.state.wait import hung_up, patiently, row


class Stream:
    def __init__(self, said=b"", code=0, noise=b"", breaks=False):
        self._left, self._code, self.said, self._breaks = said, code, noise, breaks

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def read(self, size=1):
        if self._breaks and not self._left:
            raise ConnectionResetError("reset")
        data, self._left = self._left[:size], self._left[size:]
        return data

    def finish(self):
        return self._code


class Store:
    def __init__(self, stream):
        self.stream = stream

    def open(self, command, **arguments):
        return self.stream


def test_signs_of_life_are_passed_over():
    assert patiently(Store(Stream(b'\n\n{"a": 1}\n')), "pack") == {"a": 1}


def test_lines_are_read_one_by_one():
    stream = Stream(b'{"a": 1}\n{"b": 2}\n')
    assert [row(stream, "x"), row(stream, "x")] == [{"a": 1}, {"b": 2}]


def test_what_the_agent_says_of_its_end_is_told():
    full = b'{"error": "[Errno 28] No space left on device", "errno": "ENOSPC"}'
    with pytest.raises(EngineError, match="No space left") as caught:
        patiently(Store(Stream(b"\n", 1, full)), "pack")
    assert "free space" in caught.value.next_step


def test_an_end_after_the_answer_counts_too():
    with pytest.raises(EngineError, match="cannot pack"):
        patiently(Store(Stream(b'{"a": 1}\n', 1, b'{"error": "late", "errno": ""}')), "pack")


def test_an_agent_that_ends_without_a_word_is_told():
    with pytest.raises(EngineError, match="the engine hung up"):
        row(Stream(b""), "pack")
    with pytest.raises(EngineError):
        row(Stream(b"", 137, b"Killed"), "pack")


def test_nonsense_is_told():
    with pytest.raises(EngineError, match="nonsense"):
        row(Stream(b"Traceback\n"), "pack")


def test_a_connection_that_breaks_is_told():
    with pytest.raises(EngineError, match="hung up") as caught:
        row(Stream(breaks=True), "pack")
    assert "goes on from there" in caught.value.next_step


def test_a_good_end_is_none():
    hung_up(Stream(), "pack")
