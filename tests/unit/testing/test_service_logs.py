from types import SimpleNamespace

import pytest

from parity.errors import EngineError
from parity.testing import service_logs as module
from parity.testing.service_logs import since


@pytest.fixture
def fork():
    def make(**texts):
        def logs(identity, since, timestamps):
            assert (since, timestamps) == (12.5, True)
            if isinstance(texts[identity], Exception):
                raise texts[identity]
            return texts[identity]

        rows = [SimpleNamespace(id=name, service=name) for name in texts]
        client = SimpleNamespace(api=SimpleNamespace(logs=logs))
        return SimpleNamespace(
            scene=SimpleNamespace(client=client, containers=lambda stopped: rows)
        )

    return make


@pytest.fixture
def session(session):
    made = session("services: {}\n")
    made.paths.state.mkdir()
    made.paths.secrets.write_text(
        '{"schema": 1, "stacks": {"shop-abc123": {"pw": {"value": "s3cr3t-value", "shape": "x"}}}}'
    )
    return made


def test_those_that_said_anything_are_told_without_secrets(fork, session):
    found = dict(since(fork(db=b"login with s3cr3t-value\xff\n", web=b"\n"), 12.5, session))
    assert found == {"db": "login with ${secret:pw}\ufffd\n"}


def test_a_log_that_cannot_be_had_is_no_failure_of_the_test(fork, session):
    found = dict(since(fork(db=EngineError("gone"), web=b"here"), 12.5, session))
    assert found == {"db": "(no log: gone)", "web": "here"}


def test_a_long_log_is_its_end(fork, session, monkeypatch):
    monkeypatch.setattr(module, "_MOST_BYTES", 4)
    assert dict(since(fork(db=b"123456789"), 12.5, session)) == {"db": "6789"}
