"""Starting along the dependencies; removing only what is ours."""

import dataclasses
import threading
from types import SimpleNamespace

import pytest

from parity.engine import execute
from parity.errors import StackError
from parity.model.stack import Container
from parity.stack import labels

ONE = Container("id1", "s-web-1", "web", 1, "running", "", 0, "h", "service", "i")


def run(graph, ready=None, begin=None, *, wants=True):
    events, lock = [], threading.Lock()

    def note(kind):
        def call(name, *_):
            with lock:
                events.append((kind, name))

        return call

    execute.start_all(
        graph, begin or note("begin"), ready or note("ready"), wants_ready=lambda _: wants
    )
    return events


def test_services_begin_after_what_they_wait_for():
    graph = {
        "web": {"db": "service_healthy", "job": "service_completed_successfully"},
        "job": {"db": "service_started"},
        "db": {},
    }
    events = run(graph)
    assert events.index(("ready", "db")) < events.index(("begin", "web"))
    assert events.index(("ready", "job")) < events.index(("begin", "web"))
    assert events.index(("begin", "db")) < events.index(("begin", "job"))


def test_nobody_is_waited_for_who_need_not_be():
    assert {kind for kind, _ in run({"a": {}, "b": {"a": "service_started"}}, wants=False)} == {
        "begin"
    }


def test_the_first_failure_ends_the_rest():
    begun = []

    def begin(name):
        begun.append(name)
        if name == "db":
            raise StackError("db broke")

    with pytest.raises(StackError, match="db broke"):
        run(
            {"db": {}, "web": {"db": "service_healthy"}, "far": {"web": "service_started"}},
            begin=begin,
        )
    assert begun == ["db"]


@pytest.mark.parametrize(
    ("state", "call"),
    [("paused", "unpause"), ("running", "restart"), ("exited", "start"), ("created", "start")],
)
def test_a_container_is_started_from_any_state(client, state, call):
    one = client(unpause=None, restart=None, start=None)
    execute.start(one, dataclasses.replace(ONE, state=state))
    assert one.calls == [(call, "id1")]


@pytest.mark.parametrize("kept", [True, False])
def test_where_its_address_is_taken_it_is_given_up_if_it_was_to_keep_one(
    monkeypatch, api_error, kept
):
    calls, refusals = [], [api_error("Address already in use")]

    def begin(found):
        calls.append(found)
        if refusals:
            raise refusals.pop()

    monkeypatch.setattr(execute, "give_up", lambda client, found: kept)
    client, idle = SimpleNamespace(api=SimpleNamespace(start=begin)), dataclasses.replace(ONE, state="exited")  # fmt: skip
    if kept:
        execute.start(client, idle)
        assert calls == ["id1", "id1"]
    else:
        with pytest.raises(StackError, match="web cannot start"):
            execute.start(client, idle)


def test_a_container_that_cannot_start_is_named(client, api_error):
    one = client(start=api_error("no such device"))
    with pytest.raises(StackError, match="web cannot start: .*no such device"):
        execute.start(one, dataclasses.replace(ONE, state="created"))


def inspected(stack="s", *, running=True, paused=False):
    return {
        "Config": {"Labels": {labels.STACK: stack}},
        "State": {"Running": running, "Paused": paused},
    }


@pytest.mark.parametrize(
    ("answer", "calls"),
    [
        (inspected(), ["inspect_container", "stop", "remove_container"]),
        (inspected(paused=True), ["inspect_container", "unpause", "stop", "remove_container"]),
        (inspected(running=False), ["inspect_container", "remove_container"]),
        (inspected("somebody-elses"), ["inspect_container"]),
    ],
)
def test_only_containers_that_carry_our_label_now_are_removed(client, answer, calls):
    one = client(inspect_container=answer, unpause=None, stop=None, remove_container=None)
    execute.remove_containers(one, "s", [ONE], lambda step: None)
    assert [call[0] for call in one.calls] == calls


def test_services_go_before_the_gateway(client):
    one = client(inspect_container=inspected(running=False), remove_container=None)
    gateway = dataclasses.replace(ONE, id="gw", role="gateway")
    execute.remove_containers(one, "s", [gateway, ONE], lambda step: None)
    assert [c[1] for c in one.calls if c[0] == "remove_container"] == ["id1", "gw"]


def test_what_is_gone_already_is_no_error(client):
    from docker.errors import NotFound

    one = client(inspect_container=NotFound("gone"))
    execute.remove_containers(one, "s", [ONE], lambda step: None)


def test_networks_and_volumes_of_others_are_left_alone():
    removed = []

    def item(name, stack):
        return SimpleNamespace(
            name=name, attrs={"Labels": {labels.STACK: stack}}, remove=lambda: removed.append(name)
        )

    listing = SimpleNamespace(list=lambda filters: [item("mine", "s"), item("theirs", "t")])
    one = SimpleNamespace(networks=listing, volumes=listing)
    assert execute.remove_networks(one, "s") == ("mine",)
    assert execute.remove_volumes(one, "s") == ("mine",)
    assert removed == ["mine", "mine"]


def test_only_a_stack_s_own_volumes_are_removed_by_name():
    from docker.errors import NotFound

    removed = []

    def get(name):
        if name == "gone":
            raise NotFound("no such volume")
        owner = "s" if name == "mine" else "other"
        attrs = {"Labels": {labels.STACK: owner}}
        return SimpleNamespace(attrs=attrs, remove=lambda: removed.append(name))

    one = SimpleNamespace(volumes=SimpleNamespace(get=get))
    execute.remove_volumes_named(one, "s", ["gone", "theirs", "mine"])
    assert removed == ["mine"]
