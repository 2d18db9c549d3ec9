"""The store is asked through a container, and what it cannot do is told with a remedy."""

import json
import socket
import struct
from types import SimpleNamespace

import pytest

from parity.errors import EngineError
from parity.state import agent, leases, store
from parity.state.store import Store, open_store


def opened(client=None):
    return Store(client, "helper:1", "parity-store", "/engine/store", "k1")


@pytest.fixture
def keeper():
    """A store whose keeper gives one answer; `asked` are the commands."""

    def make(output=b"{}", noise=b"", code=0):
        asked = []
        api = SimpleNamespace(
            exec_create=lambda one, argv, environment: (
                asked.append((one, argv, environment)) or {"Id": "x"}
            ),
            exec_start=lambda one, demux: (output, noise),
            exec_inspect=lambda one: {"ExitCode": code, "Running": False},
        )
        return opened(SimpleNamespace(api=api)), asked

    return make


def test_a_question_is_json_and_so_is_the_answer(keeper):
    one, asked = keeper(b'{"freed": 7}')
    assert one.run("sweep", places=["live/a"], patience=1.5) == {"freed": 7}
    ((container, argv, environment),) = asked
    assert container == "k1"
    assert argv[:-2] == ["python3", "-S", "-B", "-m", "store"]
    assert (argv[-2], json.loads(argv[-1])) == ("sweep", {"places": ["live/a"], "patience": 1.5})
    assert leases.read(environment[leases.VARIABLE]) == leases.mine(), "it knows who needs this"


def test_a_refusal_is_told_in_the_agents_words(keeper):
    one, _ = keeper(b'{"error": "states/a1 is not there", "errno": "ENOENT"}', code=1)
    with pytest.raises(EngineError, match="the store cannot clone: states/a1 is not there") as got:
        one.run("clone")
    assert got.value.next_step == "`parity doctor` looks at the engine"


@pytest.mark.parametrize("errno", ["ENOSPC", "EDQUOT"])
def test_a_full_disk_says_how_to_get_space(keeper, errno):
    said = json.dumps({"error": "No space left on device", "errno": errno}).encode()
    one, _ = keeper(said, code=1)
    with pytest.raises(EngineError, match="No space left") as caught:
        one.run("clone")
    assert "parity gc" in caught.value.next_step
    assert "parity drop" in caught.value.next_step


@pytest.mark.parametrize(
    ("output", "noise", "expected"),
    [
        (None, None, "no answer"),
        (b"", b"Killed\n", "Killed"),
        (b"half an ans", b"", "no answer"),
        (b"", b"x" * 900 + b"the end", "the end"),
        (b"{}", b"", "exit code 137"),
    ],
)
def test_an_agent_that_falls_over_is_told(keeper, output, noise, expected):
    one, _ = keeper(output, noise, 137)
    with pytest.raises(EngineError, match=expected) as caught:
        one.run("digest")
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("heard", [None, b"", b'{"freed": '])
def test_an_answer_that_the_engine_lost_is_asked_for_again(heard):
    asked = {}

    def create(one, argv, environment):
        asked[argv[-2]] = (environment[agent.ASK], json.loads(argv[-1]))
        return {"Id": argv[-2]}

    seen = iter([True, False, False])
    said = {"sweep": heard, "said": b'{"said": {"freed": 7}}'}
    api = SimpleNamespace(
        exec_create=create,
        exec_start=lambda one, demux: (said[one], None),
        exec_inspect=lambda one: {"ExitCode": 0, "Running": next(seen)},
    )
    assert opened(SimpleNamespace(api=api)).run("sweep") == {"freed": 7}
    key, _ = asked["sweep"]
    assert asked["said"] == ("", {"key": key})
    assert list(seen) == [], "the first was waited for"


def test_what_is_said_beside_a_good_answer_is_no_error(keeper):
    one, _ = keeper(b'{"a": 1}', b"a warning")
    assert one.run("garbage") == {"a": 1}


def test_an_engine_that_refuses_the_question_is_told(keeper, api_error):
    one, _ = keeper()
    one.client.api.exec_create = lambda *_, **__: (_ for _ in ()).throw(api_error("is paused"))
    with pytest.raises(EngineError, match="is paused"):
        one.run("digest")


def test_an_agent_of_its_own_has_the_volumes_read_only_and_goes():
    made, removed = [], []
    api = SimpleNamespace(
        create_container_from_config=lambda body: made.append(body) or {"Id": "c1"},
        start=lambda one: None,
        wait=lambda one, timeout: {"StatusCode": 0},
        logs=lambda one, stdout, stderr: b'{"ok": 1}' if stdout else b"",
        remove_container=lambda one, force: removed.append(one),
    )
    one = opened(SimpleNamespace(api=api))
    assert one.once("clone", {"/from/0": "s_data"}, reflink="never") == {"ok": 1}
    (body,) = made
    mounts = {m["Target"]: (m["Source"], m["ReadOnly"]) for m in body["HostConfig"]["Mounts"]}
    assert mounts == {"/store": ("parity-store", False), "/from/0": ("s_data", True)}
    assert body["HostConfig"]["NetworkMode"] == "none"
    assert json.loads(body["Cmd"][1]) == {"reflink": "never"}
    assert removed == ["c1"]


def test_bytes_go_through_a_stream(monkeypatch):
    here, there = socket.socketpair()
    asked = []
    api = SimpleNamespace(
        exec_create=lambda one, argv, **more: asked.append((one, argv, more)) or {"Id": "x"},
        exec_start=lambda one, socket: here,
        exec_inspect=lambda one: {"ExitCode": 0},
    )
    with there, opened(SimpleNamespace(api=api)).open("pack", place="states/a1") as stream:
        there.sendall(struct.pack(">BxxxL", 1, 3) + b"zst")
        assert stream.read() == b"zst"
    ((container, argv, more),) = asked
    assert (container, argv[-3:]) == ("k1", ["--stream", "pack", '{"place": "states/a1"}'])
    assert leases.VARIABLE in more["environment"]


def test_a_directory_of_it_is_bound_by_the_engines_path():
    assert opened().bound("live/a") == {
        "type": "none", "o": "bind", "device": "/engine/store/live/a"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"type": "none", "o": "bind", "device": "/engine/store/live/a"}, True),
        ({"type": "none", "o": "bind", "device": "/engine/store2/live/a"}, False),
        ({"type": "none", "o": "bind", "device": "/engine/pool/live/a"}, False),
        ({"type": "overlay", "o": "lowerdir=…", "device": "/engine/store/live/a"}, False),
        ({}, False),
    ],
)
def test_which_volumes_are_a_directory_of_it(options, expected):
    assert opened().holds(options) is expected


@pytest.fixture
def engine(monkeypatch):
    """What there is of a keeper, and what is done about it."""
    has = SimpleNamespace(keeper=None, reason="", done=[])

    def record(running):
        mounts = [{"Destination": "/store", "Source": "/engine/store"}]
        return {"Id": "k1", "State": {"Running": running}, "Mounts": mounts}

    def make(client, image, volume):
        has.done.append("make")
        return record(False)

    monkeypatch.setattr(store.keeper, "find", lambda *_: has.keeper)
    monkeypatch.setattr(store.keeper, "volume", lambda _, name: has.done.append(f"volume {name}"))
    monkeypatch.setattr(store.keeper, "make", make)
    monkeypatch.setattr(store.keeper, "start", lambda *_: has.done.append("start") or has.reason)
    monkeypatch.setattr(store.pool, "opened", lambda *_: has.done.append("pool") or record(True))
    has.record = record
    return has


def test_a_keeper_that_runs_is_used(engine):
    engine.keeper = engine.record(True)
    found = open_store("client", "helper:1", store.PLAIN)
    assert found == Store("client", "helper:1", "parity-store", "/engine/store", "k1")
    assert engine.done == []


def test_one_that_is_down_is_started_and_one_that_is_not_there_made(engine):
    engine.keeper = engine.record(False)
    open_store("client", "helper:1", store.PLAIN)
    assert engine.done == ["start"]
    engine.keeper, engine.done[:] = None, []
    open_store("client", "helper:1", store.PLAIN)
    assert engine.done == ["volume parity-store", "make", "start"]


def test_one_that_cannot_start_is_told_with_the_reason(engine):
    engine.keeper, engine.reason = engine.record(False), "no such image"
    with pytest.raises(EngineError, match="keeper of parity-store cannot start: no such image"):
        open_store("client", "helper:1", store.PLAIN)


def test_the_pool_is_opened_by_itself(engine):
    assert open_store("client", "helper:1", "parity-pool").volume == "parity-pool"
    assert engine.done == ["pool"]
