"""A helper is removed whatever happens. What a real engine does: tests/engine/test_live_layers.py."""

import contextlib
import socket
import struct
import threading
import time
from types import SimpleNamespace

import pytest

from parity.engine import helper
from parity.engine.helper import run_helper
from parity.errors import EngineError


class Api:
    """An engine with one container that says these things: rows of (stdout, stderr)."""

    def __init__(self, said, code=0):
        self.said, self.code = said, code
        self.body, self.removed, self.killed = {}, False, False
        self.mine, self.theirs = socket.socketpair()

    def create_container_from_config(self, body):
        self.body = body
        return {"Id": "made"}

    def attach_socket(self, container, *, params):
        assert (container, params) == ("made", {"stdout": 1, "stderr": 1, "stream": 1})
        return self.mine

    def start(self, container):
        assert container == "made"
        threading.Thread(target=self.speak).start()

    def speak(self):
        with contextlib.suppress(OSError), self.theirs:
            for out, err in self.said(self):
                for kind, data in ((1, out), (2, err)):
                    if data:
                        self.theirs.sendall(struct.pack(">BxxxL", kind, len(data)) + data)

    def wait(self, container):
        return {"StatusCode": self.code}

    def kill(self, container):
        self.killed = True

    def remove_container(self, container, *, v, force):
        assert v and force
        self.removed = True


def run(api, **options):
    return run_helper(
        SimpleNamespace(api=api), "i:1", ["see"], {"PidMode": "x"}, {"a": "b"}, **options
    )


def test_what_it_says_is_the_answer_and_nobody_keeps_it():
    api = Api(lambda _: iter([(b"on", None), (None, b"noise"), (b"e", None)]))
    assert run(api) == b"one"
    assert api.removed
    host = api.body["HostConfig"]
    assert (host["PidMode"], host["CapDrop"], host["ReadonlyRootfs"]) == ("x", ["ALL"], True)
    assert host["LogConfig"] == {"Type": "none"}
    assert api.body["Labels"] == {"a": "b"}


def test_a_failure_is_told_with_its_last_line():
    api = Api(lambda _: iter([(None, b"Traceback\nPermissionError: no\n")]), code=1)
    with pytest.raises(EngineError, match="could not look: PermissionError: no"):
        run(api)
    assert api.removed


def test_what_takes_too_long_is_ended():
    def until_killed(api):
        end = time.monotonic() + 30
        while not api.killed:
            assert time.monotonic() < end
            time.sleep(0.01)
        return
        yield

    api = Api(until_killed, code=137)
    with pytest.raises(EngineError, match=r"no answer within 0\.05 s"):
        run(api, seconds=0.05)
    assert api.removed


def test_a_flood_is_not_listened_to(monkeypatch):
    monkeypatch.setattr(helper, "_MOST", 100)

    def endless(_):
        while True:
            yield b"x" * 64, None

    api = Api(endless)
    with pytest.raises(EngineError, match="says more than"):
        run(api)
    assert api.removed
