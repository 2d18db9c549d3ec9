"""One instant: who keeps data stops last, and everybody goes on, whatever happened."""

import threading
from types import SimpleNamespace

import pytest

from parity.errors import EngineError
from parity.state import instant

from .conftest import container


class Api:
    """Notes who was paused and let go on; `breaks` are the engine's answers by (what, id)."""

    def __init__(self, breaks=()):
        self.done = []
        self.breaks = dict(breaks)
        self.lock = threading.Lock()

    def _do(self, what, one):
        with self.lock:
            self.done.append((what, one))
        if (what, one) in self.breaks:
            raise self.breaks[what, one]

    def pause(self, one):
        self._do("pause", one)

    def unpause(self, one):
        self._do("unpause", one)


class Twice(Api):
    """Breaks once only."""

    def _do(self, what, one):
        again = (what, one) in self.done
        if again:
            self.breaks.pop((what, one), None)
        super()._do(what, one)


def service(name, path="app", **state):
    found = container(f"{name}-1", name, Path=path, Args=[])
    found["Id"] = name
    found["State"] |= state
    return found


DB, CACHE, WEB = service("db", "postgres"), service("cache", "redis-server"), service("web")


@pytest.fixture
def flushed(monkeypatch):
    """Ids of those that were asked to write down, in between what the engine was asked."""
    found = []
    monkeypatch.setattr(
        instant, "flush", lambda client, one, _: client.api.done.append(("flush", one["Id"]))
    )
    return found


def held(api, *attrs, inside=lambda: None, **more):
    with instant.paused(SimpleNamespace(api=api), attrs, pytest.fail, **more) as ended:
        inside()
        api.done.append(("copy", ""))
    return ended


def order(api, what):
    return [number for number, (done, _) in enumerate(api.done) if done == what]


@pytest.mark.usefixtures("flushed")
def test_clients_stop_first_then_data_is_written_down_then_its_keepers_stop():
    api = Api()
    assert held(api, DB, WEB, CACHE) == []
    assert api.done[0] == ("pause", "web")
    assert {one for _, one in api.done[1:3]} == {"db", "cache"}
    assert [what for what, _ in api.done] == (
        ["pause", "flush", "flush", "pause", "pause", "copy", "unpause", "unpause", "unpause"]
    )
    assert {one for what, one in api.done if what == "unpause"} == {"db", "cache", "web"}


@pytest.mark.usefixtures("flushed")
def test_who_has_no_place_to_write_is_not_asked_to():
    api = Api()
    held(api, DB, CACHE, memory_only={"cache"})
    assert [one for what, one in api.done if what == "flush"] == ["db"]
    assert {one for what, one in api.done if what == "pause"} == {"db", "cache"}


@pytest.mark.usefixtures("flushed")
def test_who_was_paused_or_down_before_stays_so():
    api = Api()
    held(api, service("db", "postgres", Paused=True), service("job", Running=False), WEB)
    assert {one for _, one in api.done} - {""} == {"web"}


def test_a_stack_that_is_all_down_is_copied_as_it_is():
    api = Api()
    held(api, service("db", Running=False))
    assert api.done == [("copy", "")]


@pytest.mark.usefixtures("flushed")
def test_all_go_on_after_whatever_goes_wrong_inside():
    api = Api()

    def full():
        raise EngineError("no space left")

    with pytest.raises(EngineError, match="no space"):
        held(api, DB, WEB, inside=full)
    assert {one for what, one in api.done if what == "unpause"} == {"db", "web"}


@pytest.mark.usefixtures("flushed")
def test_an_interrupt_lets_all_go_on():
    api = Api()

    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        held(api, DB, WEB, inside=interrupted)
    assert len(order(api, "unpause")) == 2


@pytest.mark.usefixtures("flushed")
def test_where_one_cannot_be_paused_those_that_were_go_on(api_error):
    api = Api({("pause", "db"): api_error("cgroup freezer is broken")})
    with pytest.raises(EngineError, match="freezer"):
        held(api, DB, WEB)
    assert [one for what, one in api.done if what == "unpause"] == ["web"]
    assert order(api, "copy") == []


@pytest.mark.usefixtures("flushed")
def test_one_that_does_not_stand_still_at_once_is_tried_again(api_error):
    api = Api({("pause", "db"): api_error("unable to freeze: unknown")})
    with pytest.raises(EngineError, match="unable to freeze"):
        held(api, DB, WEB)
    assert [one for what, one in api.done if what == "pause"].count("db") == instant._ATTEMPTS
    api = Twice({("pause", "db"): api_error("unable to freeze: unknown")})
    held(api, DB, WEB)
    assert ("copy", "") in api.done


def test_where_writing_down_fails_those_that_were_paused_go_on(monkeypatch):
    api = Api()

    def broken(client, one, progress):
        raise EngineError("hung up")

    monkeypatch.setattr(instant, "flush", broken)
    with pytest.raises(EngineError, match="hung up"):
        held(api, DB, WEB)
    assert [one for what, one in api.done if what == "unpause"] == ["web"]


@pytest.mark.usefixtures("flushed")
@pytest.mark.parametrize(
    "text", ["Container web is not running", "No such container: web", "cannot: is not running"]
)
def test_one_that_ended_before_is_not_waited_for_and_not_told(api_error, text):
    api = Api({("pause", "web"): api_error(text)})
    assert held(api, DB, WEB) == []
    assert [one for what, one in api.done if what == "unpause"] == ["db"]


@pytest.mark.usefixtures("flushed")
def test_one_that_ended_in_the_meantime_is_told(api_error):
    gone = api_error("Container db is not running")
    api = Api({("unpause", "db"): gone})
    assert held(api, DB, WEB) == ["db"]
    assert ("unpause", "web") in api.done


@pytest.mark.usefixtures("flushed")
def test_one_that_somebody_else_let_go_on_is_none_that_ended(api_error):
    api = Api({("unpause", "web"): api_error("Container web is not paused")})
    assert held(api, WEB) == []


def states(**by_id):
    """A client that says how each container is now; None for one that is gone."""
    from docker.errors import NotFound

    def inspect(one):
        if by_id[one] is None:
            raise NotFound("gone")
        return {"State": {"Running": True, "ExitCode": 0, "StartedAt": "1", **by_id[one]}}

    return SimpleNamespace(api=SimpleNamespace(inspect_container=inspect))


def test_who_was_killed_when_it_went_on_is_known_though_the_engine_started_it_again():
    db, web = service("db", StartedAt="1"), service("web", StartedAt="1")
    job, old = service("job", StartedAt="1"), service("old", Running=False, StartedAt="1")
    containers = [db, web, job, old]
    well = states(db={}, web={}, job={"Running": False}, old={"Running": False, "ExitCode": 1})
    assert instant.ended_since(well, containers) == (), (
        "a job that ended well is none, nor what had ended"
    )
    again = states(db={"StartedAt": "2"}, web={"Running": False, "ExitCode": 137}, job=None)
    assert instant.ended_since(again, containers) == ("db", "web", "job")
