"""Only who runs, stands on the state, and says the same as then is left alone."""

from types import SimpleNamespace

import pytest

from parity.state.unchanged import mark, marks, unchanged
from parity.state.volumes import DataVolume, Use

from .conftest import container

KNOWN = {"broker": "42"}
STANDING = {"s_q"}
QUEUE = DataVolume("q", "s_q", (Use("broker", 1, "/var/lib/rabbitmq"),))


def broker(found="broker", service="broker", **state):
    one = container(f"{service}-1", service, Path="rabbitmq-server", Args=[])
    one["Id"] = found
    one["State"] |= state
    return one


@pytest.fixture
def client():
    """Each container says what it is told to; `asked` lists who was."""

    def make(code=0, **said):
        asked = []
        api = SimpleNamespace(
            exec_create=lambda one, argv, **_: asked.append(one) or {"Id": one},
            exec_start=lambda one: said[one].encode(),
            exec_inspect=lambda one: {"ExitCode": code},
        )
        return SimpleNamespace(api=api, asked=asked)

    return make


def test_the_same_mark_on_the_state_is_left_alone(client):
    one = client(broker="42\n")
    assert unchanged(one, [broker()], [QUEUE], KNOWN, STANDING) == {"broker"}


def test_another_mark_is_a_write(client):
    assert unchanged(client(broker="43"), [broker()], [QUEUE], KNOWN, STANDING) == set()


def test_one_that_cannot_say_was_perhaps_written_to(client):
    assert unchanged(client(1, broker="42"), [broker()], [QUEUE], KNOWN, STANDING) == set()
    assert unchanged(client(broker=""), [broker()], [QUEUE], KNOWN, STANDING) == set()


@pytest.mark.parametrize(
    ("attrs", "known", "standing"),
    [
        ([broker(Running=False)], KNOWN, STANDING),
        ([broker()], {}, STANDING),
        ([broker("made-again")], KNOWN, STANDING),
        ([broker()], KNOWN, set()),
        ([broker()], KNOWN, {"other"}),
        ([broker(), broker("second")], KNOWN, STANDING),
    ],
    ids=["down", "no mark", "another container", "another state", "another volume", "one of two"],
)
def test_whoever_is_not_known_to_stand_on_it_is_not_even_asked(client, attrs, known, standing):
    one = client(broker="42", second="42")
    assert unchanged(one, attrs, [QUEUE], known, standing) == set()
    assert one.asked == []


def test_all_replicas_must_say_the_same_as_then(client):
    both, known = [broker(), broker("second")], {"broker": "42", "second": "7"}
    assert unchanged(client(broker="42", second="7"), both, [QUEUE], known, STANDING) == {"broker"}
    assert unchanged(client(broker="42", second="8"), both, [QUEUE], known, STANDING) == set()


def test_several_services_are_judged_each_by_itself(client):
    queue = DataVolume("q2", "s_q2", (Use("other", 1, "/var/lib/rabbitmq"),))
    attrs = [broker(), broker("o1", "other")]
    known, one = {"broker": "42", "o1": "1"}, client(broker="42", o1="2")
    assert unchanged(one, attrs, [QUEUE, queue], known, {"s_q", "s_q2"}) == {"broker"}


def test_nothing_known_asks_nobody(client, db, web):
    one = client()
    assert unchanged(one, [db, web], [], {}, set()) == set()
    assert one.asked == []


def test_an_engine_without_a_mark_and_no_engine_have_none(client, web):
    one = client()
    assert mark(one, web) == ""
    assert mark(one, container("db-1", "db", Path="postgres", Args=[])) == ""
    assert one.asked == []


def test_marks_are_those_of_the_containers_that_took_the_place(client):
    one = client(new="5\n", gone="")
    old = broker()
    assert marks(one, {"new": old, "gone": old}) == {"new": "5"}
    assert sorted(one.asked) == ["gone", "new"]
