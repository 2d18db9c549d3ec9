"""Judging readiness by production's own check."""

import dataclasses

import pytest

from parity.engine import readiness
from parity.engine.readiness import Wait
from parity.errors import StackError
from parity.stack.probes import Probe


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    for name in ("_SOONEST", "_LATEST", "_STEADY", "_STEADY_AGAIN", "_LISTEN"):
        monkeypatch.setattr(readiness, name, 0.01)


def how(**changes):
    names = {field.name for field in dataclasses.fields(Wait)}
    values = {
        "container": "id", "service": "web", "is_job": False, "job_awaited": False, "host": "web",
        "port": None, "gateway": "gw", "timeout": 1.0, "own_program": False, **changes,
    }  # fmt: skip
    return Wait(**{name: value for name, value in values.items() if name in names})


def attrs(status="running", *, test=None, code=0, restarts=0, health=None):
    state = {"Status": status, "ExitCode": code, "OOMKilled": code == 137}
    if health:
        state["Health"] = {"Status": health}
    config = {"Healthcheck": {"Test": test}} if test else {}
    return {"Config": config, "State": state, "RestartCount": restarts}


def networked(address, mode="default"):
    networks = {"net": {"IPAddress": address}} if address else {}
    return {"HostConfig": {"NetworkMode": mode}, "NetworkSettings": {"Networks": networks}}


def ask(client, found, wait=None, *, answers=(0,), stop=lambda: False, logs=b"last words\n"):
    codes = list(answers)
    one = client(
        inspect_container=found,
        exec_create={"Id": "x"},
        exec_start=b"the answer",
        exec_inspect=lambda *_: {"ExitCode": codes.pop(0) if len(codes) > 1 else codes[0]},
        logs=logs,
        start=None,
    )
    return one, lambda: readiness.wait(one, wait or how(), stop)


def test_productions_check_is_run_at_once_and_again_until_it_passes(client):
    one, go = ask(client, attrs(test=["CMD", "ping", "-c"]), answers=(1, 1, 0))
    assert go() == "healthy"
    created = [call for call in one.calls if call[0] == "exec_create"]
    assert created == [("exec_create", "id", ["ping", "-c"])] * 3


@pytest.mark.parametrize(
    ("test", "command"),
    [(["CMD-SHELL", "ping x"], ["/bin/sh", "-c", "ping x"]), (["CMD", "a", "b"], ["a", "b"]),
     (["NONE"], None), (None, None)],
)  # fmt: skip
def test_a_check_is_run_as_the_engine_would_run_it(test, command):
    assert readiness.command(attrs(test=test)) == command


def test_what_says_that_it_answers_is_not_asked_before(client):
    said = iter([b"starting\n", b"starting\nstill\n", b"starting\nready to accept connections\n"])
    wait = how(says="ready to accept")
    one, go = ask(client, attrs(test=["CMD", "ping"]), wait, logs=lambda *_, **__: next(said))
    assert go() == "healthy"
    names = [call[0] for call in one.calls]
    assert names.count("exec_create") == 1
    assert names.count("logs") == 3
    assert names.index("exec_create") > max(i for i, name in enumerate(names) if name == "logs")


def test_what_says_nothing_is_asked_all_the_same(client, monkeypatch):
    monkeypatch.setattr(readiness, "_UNHEARD", 0.05)
    wait = how(says="ready to accept")
    one, go = ask(client, attrs(test=["CMD", "ping"]), wait, answers=(1, 0), logs=b"")
    assert go() == "healthy"
    assert [call[0] for call in one.calls].count("exec_create") == 2


def test_a_log_that_cannot_be_read_keeps_nobody_from_asking(client, api_error):
    refusal = api_error("configured logging driver does not support reading")
    wait = how(says="ready to accept")
    assert ask(client, attrs(test=["CMD", "ping"]), wait, logs=refusal)[1]() == "healthy"


def test_what_ends_without_a_word_is_told(client):
    wait = how(says="ready to accept")
    with pytest.raises(StackError, match="exited with code 3"):
        ask(client, attrs("exited", code=3), wait, logs=b"")[1]()


def test_without_a_check_or_a_port_running_is_enough(client):
    assert ask(client, attrs())[1]() == "running"


def test_what_the_engine_calls_healthy_is_healthy(client):
    one, go = ask(client, attrs(test=["CMD", "x"], health="healthy"))
    assert go() == "healthy"
    assert "exec_create" not in [call[0] for call in one.calls]


def test_a_job_that_ended_well_is_complete(client):
    assert ask(client, attrs("exited"), how(is_job=True, job_awaited=True))[1]() == "completed"


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (attrs("exited", code=3), "web exited with code 3"),
        (attrs("exited", code=137), "out of memory"),
        (attrs("exited"), "exited with code 0"),
        (attrs("restarting", restarts=9), "keeps ending"),
    ],
)
def test_a_service_that_ended_is_told_with_its_last_words(client, found, why):
    with pytest.raises(StackError, match=why) as caught:
        ask(client, found)[1]()
    assert "last words" in caught.value.detail
    assert caught.value.where == "web"
    assert "parity logs web" in caught.value.next_step


def test_a_check_that_never_passes_is_told_with_its_last_answer(client):
    with pytest.raises(StackError, match="not ready after") as caught:
        ask(client, attrs(test=["CMD", "a b", "c"]), how(timeout=0.1), answers=(1,))[1]()
    assert "check:  'a b' c" in caught.value.detail
    assert "answer: the answer" in caught.value.detail


def test_waiting_ends_when_another_service_failed(client):
    with pytest.raises(StackError, match="given up"):
        ask(client, attrs(test=["CMD", "x"]), answers=(1,), stop=lambda: True)[1]()


def test_a_container_that_was_removed_meanwhile_is_told(client):
    from docker.errors import NotFound

    seen = [attrs(test=["CMD", "x"]), NotFound("gone")]
    with pytest.raises(StackError, match="removed while it was waited for"):
        ask(client, lambda *_: seen.pop(0))[1]()


def test_production_s_own_probe_is_put_to_the_container_s_own_address(client):
    probe = Probe(asked='{"tcp": {"port": 8000}}', timeout=3.0)
    found = {**attrs(test=["CMD", "other"], health="healthy"), **networked("10.231.0.7")}
    one, go = ask(client, found, how(probe=probe), answers=(1, 0))
    assert go() == "ready by production's probe"
    _, target, command = next(call for call in one.calls if call[0] == "exec_create")
    assert target == "gw"
    assert command[4:] == ["ask", probe.asked, "--host", "10.231.0.7", "--timeout", "3.0"]


def test_a_companion_is_asked_at_the_address_of_its_pod(client):
    pods = {
        "id": {**attrs(), **networked("", mode="container:owner")},
        "owner": networked("10.231.0.8"),
    }
    one = client(inspect_container=lambda name: pods[name])
    assert readiness._address(one, "id") == "10.231.0.8"


def test_a_probe_by_command_runs_in_the_container(client):
    one, go = ask(client, attrs(), how(probe=Probe(command=("check",))))
    assert go() == "ready by production's probe"
    assert ("exec_create", "id", ["check"]) in one.calls


def test_a_probe_that_never_passes_is_told(client):
    found = {**attrs(), **networked("10.231.0.7")}
    wait = how(probe=Probe(asked='{"http": {"port": 80, "path": "/up"}}'), timeout=0.05)
    with pytest.raises(StackError) as caught:
        ask(client, found, wait, answers=(1,))[1]()
    assert "http port 80 /up" in caught.value.detail and "the answer" in caught.value.detail


@pytest.mark.parametrize("found", [attrs("restarting", restarts=9), attrs(health="unhealthy")])
def test_what_an_orchestrator_starts_again_has_until_the_deadline(client, found):
    wait = how(tolerant=True, probe=Probe(command=("check",)), timeout=0.05)
    later = [found, found, found, attrs(restarts=10)]
    one, go = ask(client, lambda *_: later.pop(0) if len(later) > 1 else later[0], wait)
    assert go() == "ready by production's probe"
    with pytest.raises(StackError, match=r"keeps ending|is unhealthy"):
        ask(client, found, wait, answers=(1,))[1]()


def test_a_job_of_a_cluster_is_started_again_until_it_succeeds(client):
    states = [attrs("running"), attrs("exited", code=1), attrs("running"), attrs("exited")]
    one, go = ask(client, lambda *_: states.pop(0) if len(states) > 1 else states[0],
                  how(is_job=True, finishes=True, tolerant=True))  # fmt: skip
    assert go() == "completed"
    assert [call for call in one.calls if call[0] == "start"] == [("start", "id")]


def test_a_job_that_takes_long_is_left_at_work(client):
    wait = how(is_job=True, finishes=True, tolerant=True, timeout=0.1)
    assert ask(client, attrs(), wait)[1]() == "running"
