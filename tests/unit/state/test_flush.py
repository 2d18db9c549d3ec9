"""What is in memory alone is written down in the live service, and only there."""

from types import SimpleNamespace

import pytest

from parity.state.flush import flush


def attrs(path="redis-server", **state):
    return {
        "Id": "live", "Name": "/cache", "Path": path, "Args": [],
        "Config": {"Image": "cache", "Env": ["REDIS_PASSWORD=hunter22"], "Labels": {}},
        "State": {"Running": True, "Paused": False, **state},
    }  # fmt: skip


@pytest.fixture
def engine():
    def make(code=0, said=b""):
        made = []
        api = SimpleNamespace(
            exec_create=lambda *args, **kwargs: made.append(args) or {"Id": "x"},
            exec_start=lambda *args: said,
            exec_inspect=lambda *args: {"ExitCode": code},
        )
        return SimpleNamespace(api=api, made=made)

    return make


def test_it_is_asked_in_the_live_container_and_says_nothing_when_it_worked(engine):
    client = engine()
    flush(client, attrs(), pytest.fail)
    assert [made[0] for made in client.made] == ["live"]


@pytest.mark.parametrize(
    "found",
    [attrs(Paused=True), attrs(Running=False), attrs("npm"), attrs("mariadbd")],
    ids=["paused", "stopped", "no engine", "an engine with nothing to write"],
)
def test_who_cannot_or_need_not_is_left_alone(engine, found):
    client = engine()
    flush(client, found, pytest.fail)
    assert client.made == []


def test_what_was_not_written_is_a_warning_without_secrets(engine):
    told = []
    flush(engine(1, b"AUTH hunter22 failed"), attrs(), told.append)
    (step,) = told
    assert (step.subject, step.state) == ("cache", "warning")
    assert (
        step.text == "Redis and Valkey did not write down what is in memory alone: AUTH *** failed"
    )
