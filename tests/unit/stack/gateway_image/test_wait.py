"""Polling until ready, or until the time is up."""

import json
import socket
import threading

import pytest

from parity.stack.gateway_image.gateway import wait as module
from parity.stack.gateway_image.gateway.probes import NotReadyError
from parity.stack.gateway_image.gateway.wait import wait


@pytest.fixture
def said(capsys):
    return lambda: json.loads(capsys.readouterr().out)


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_ready(said):
    """0, and one line that says so."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert wait("tcp", "127.0.0.1", server.getsockname()[1], 2) == 0
    assert said()["ready"] is True


def test_time_is_up(said, free_port):
    """1, with the last answer."""
    assert wait("tcp", "127.0.0.1", free_port, 0.15) == 1
    line = said()
    assert (line["ready"], line["answer"]) == (False, "Connection refused")


def test_silence_and_unknown_hosts(said):
    """Neither is a crash."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert wait("redis", "127.0.0.1", server.getsockname()[1], 0.1) == 1
    assert said()["answer"] == "no answer in time"
    assert wait("tcp", "host..invalid", 1, 0) == 1
    assert said()["ready"] is False


def test_a_service_that_comes_late(said, free_port):
    """Is noticed within a poll."""
    servers = []
    timer = threading.Timer(
        0.2, lambda: servers.append(socket.create_server(("127.0.0.1", free_port)))
    )
    timer.start()
    assert wait("tcp", "127.0.0.1", free_port, 5) == 0
    timer.join()
    servers[0].close()
    assert said()["milliseconds"] < 2000


def test_the_last_answer_counts(said, monkeypatch):
    """Not the first one."""
    answers = ["starting up", "still starting"]

    def probe(sock):
        raise NotReadyError(answers.pop(0) if len(answers) > 1 else answers[0])

    monkeypatch.setattr(module, "PROBES", {"postgres": probe})
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert wait("postgres", "127.0.0.1", server.getsockname()[1], 0.25) == 1
    assert said()["answer"] == "still starting"
