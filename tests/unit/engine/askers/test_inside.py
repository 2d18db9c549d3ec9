import socket
import struct
import threading
from types import SimpleNamespace

import pytest

from parity.engine.askers import inside
from parity.probes.database.contract import Question

QUESTION = Question("definitions", ("rabbitmqctl", "-q", "version"))


class Engine:
    """Execs that say one thing after the other."""

    def __init__(self, *said, code=0, hold=False):
        self.said, self.code, self.hold, self.asked, self.ends = list(said), code, hold, [], []
        self.api = self

    def exec_create(self, container, command, stdin):
        self.asked.append((container, tuple(command), stdin))
        return {"Id": "e"}

    def exec_start(self, identity, socket=True):
        return self._pair()

    def _pair(self):
        ours, theirs = socket.socketpair()
        kind, data = self.said.pop(0) if self.said else (1, b"")

        def speak():
            theirs.sendall(struct.pack(">BxxxL", kind, len(data)) + data if data else b"")
            if not self.hold:
                theirs.close()

        self.ends.append(theirs)
        threading.Thread(target=speak, daemon=True).start()
        return ours

    def exec_inspect(self, identity):
        return {"Running": False, "ExitCode": self.code}


def answer(engine, seconds=3.0):
    with inside.asking(engine, "c1", seconds) as asked:
        found = asked.ask(QUESTION)
    for end in getattr(engine, "ends", ()):
        end.close()
    return found


def test_what_it_says_is_one_text():
    engine = Engine((1, b"3.10.8\n"))
    assert answer(engine) == [["3.10.8\n"]]
    assert engine.asked == [("c1", QUESTION.ask, False)]


def test_an_answer_that_was_lost_is_asked_for_again():
    engine = Engine((1, b""), (1, b""), (1, b"x"))
    assert answer(engine) == [["x"]] and len(engine.asked) == 3
    assert answer(Engine()) == "it said nothing"


def test_a_refusal_is_its_reason():
    assert (
        answer(Engine((2, b"Error:\x1b[0m not authorised"), code=69)) == "Error:[0m not authorised"
    )


def test_what_does_not_end_is_left():
    assert answer(Engine((1, b"x"), hold=True), 0.3) == "it did not answer in time"


def test_a_flood_is_left(monkeypatch):
    monkeypatch.setattr(inside, "_MOST", 100)
    assert answer(Engine((1, b"x" * 5000))) == "it did not answer in time"


def test_an_engine_that_refuses_is_told():
    from docker.errors import APIError

    def refuse(*_, **__):
        raise APIError("x", explanation="container c1 is paused")

    engine = SimpleNamespace(api=SimpleNamespace(exec_create=refuse))
    assert "paused" in str(answer(engine))


@pytest.mark.parametrize("seconds", [0, -1])
def test_without_time_nothing_is_asked(seconds):
    engine = Engine((1, b"x"))
    assert answer(engine, seconds) == "it did not answer in time" and engine.asked == []
