"""Which services a reset makes again, and what becomes of their containers and volumes."""

import threading
from types import SimpleNamespace

import pytest

from parity.errors import EngineError, StateError
from parity.model.state import SavedVolume
from parity.stack import labels
from parity.state import replace as module
from parity.state.lying import Lying
from parity.state.replace import Replacing, affected, replace, stale
from parity.state.volumes import DataVolume, Use

from .conftest import container, volume

DATA = DataVolume("data", "s_data", (Use("db", 1, "/data"),))
QUEUE = DataVolume("queue", "s_queue", (Use("broker", 1, "/var/lib/rabbitmq"),))
OWN = {labels.STACK: "s", labels.PROJECT: "shop"}


def plain(name, **more):
    one = container(f"{name}-1", name, **more)
    one["Id"] = name
    one["State"]["Status"] = "running"
    return one


def test_those_with_data_those_in_their_network_and_those_that_restart_with_them(db, web, gateway):
    side = container("side-1", "side", mode=f"container:{db['Id']}")
    cache = container("cache-1", "cache")
    assert affected([db, web, gateway, side, cache], {"db"}) == {"db", "web", "side"}


def test_nothing_else_is_touched(db, web, gateway):
    web["Config"]["Labels"]["com.docker.compose.depends_on"] = "db:service_healthy:false"
    assert affected([db, web, gateway], {"db"}) == {"db"}
    assert affected([db, web, gateway], set()) == set()


def what(*attrs, volumes=(DATA,), **more):
    return Replacing("s", attrs, volumes, OWN, **more)


def test_who_has_no_data_is_not_stale_and_whoever_begins_with_nothing_is():
    attrs = [plain("db"), plain("cache"), plain("app")]
    assert stale(what(*attrs), set()) == {"db"}
    assert stale(what(*attrs, empty=("cache",)), set()) == {"db", "cache"}


def test_who_was_not_written_to_is_left_alone():
    attrs = [plain("db"), plain("broker")]
    both = what(*attrs, volumes=(DATA, QUEUE))
    assert stale(both, {"broker"}) == {"db"}
    assert stale(both, {"broker", "db"}) == set()


def test_who_shares_a_volume_with_one_that_is_made_again_is_made_again():
    shared = DataVolume("up", "s_up", (Use("db", 1, "/up"), Use("broker", 1, "/up")))
    attrs = [plain("db"), plain("broker")]
    assert stale(what(*attrs, volumes=(DATA, QUEUE, shared)), {"broker"}) == {"db", "broker"}


def test_sharing_goes_on_through_networks_restarts_and_further_volumes():
    """db -> its side (network) -> report (a volume) -> mailer (restart: true) -> archive (a volume)."""
    side = plain("side", mode="container:db")
    mailer = plain("mailer", labels={module._DEPENDS_ON: "report:service_started:true"})
    volumes = (
        DATA,
        DataVolume("out", "s_out", (Use("side", 1, "/out"), Use("report", 1, "/in"))),
        DataVolume("mail", "s_mail", (Use("mailer", 1, "/m"), Use("archive", 1, "/m"))),
    )
    attrs = [plain("db"), side, plain("report"), mailer, plain("archive"), plain("app")]
    left = {"side", "report", "mailer", "archive"}
    assert stale(what(*attrs, volumes=volumes), left) == {"db", *left}


def test_who_should_run_and_does_not_is_made_again_without_having_data():
    attrs = [plain("db"), plain("web"), plain("app")]
    assert stale(what(*attrs, dead={"web"}), {"db"}) == {"web"}


def test_a_job_whose_work_is_in_the_state_is_made_again_without_being_run():
    assert stale(what(plain("db"), plain("job"), done={"job"}), {"db"}) == {"job"}


# The whole of it


class Backend:
    name = "copy"

    def derive(self, store, pairs, *, remove=()):
        return [{"type": "none", "o": "bind", "device": f"/e/{place}"} for _, place in pairs]


class Engine:
    """Containers by id; what was done in which order."""

    def __init__(self, volumes, attrs):
        self.volumes = volumes
        self.there = {one["Id"]: one for one in attrs}
        self.made = {}
        self.done = []
        self.lock = threading.Lock()
        self.api = self

    def note(self, *row):
        with self.lock:
            self.done.append(row)

    def remove_container(self, one, v=False, force=False):
        from docker.errors import NotFound

        assert (v, force) == (True, True), "nameless volumes go with it, and nobody is asked nicely"
        self.note("remove", one)
        if one not in self.there:
            raise NotFound("gone")

    def create_container_from_config(self, config, name):
        new = f"new-{name}"
        self.made[new] = config
        self.note("create", new)
        return {"Id": new}


@pytest.fixture
def begin(monkeypatch):
    """Starting and waiting are noted; `marks` says what each new one says of itself."""
    found = SimpleNamespace(started=[], ready=[], checks={}, same=set(), marks={})

    def ready(client, attrs, gateway, container, check):
        found.ready.append(container)
        found.checks[container] = tuple(check)
        found.gateway = gateway

    monkeypatch.setattr(
        module.launch, "begin", lambda client, one, service: found.started.append((one, service))
    )
    monkeypatch.setattr(module.launch, "ready", ready)
    monkeypatch.setattr(module, "unchanged", lambda *_: set(found.same))
    monkeypatch.setattr(
        module, "marks", lambda client, now: {one: found.marks[one] for one in now if one in found.marks}
    )  # fmt: skip
    return found


@pytest.fixture
def forgotten():
    """A store that notes what it was asked."""
    asked = []
    return SimpleNamespace(
        volume="parity-store",
        run=lambda command, **more: asked.append((command, more)),
        asked=asked,
    )


@pytest.fixture
def stack(volumes):
    """db with its data, its side, an app beside them, and the gateway; volumes are the stack's."""
    volumes.create("s_data", labels=OWN)
    db = plain("db", mounts=[volume("s_data", "/data")])
    gateway = plain("parity-gateway", role="gateway")
    return [plain("side", mode="container:db"), db, plain("app"), gateway]


def of_data(state):
    return state(found="a1", volumes=(SavedVolume("data", ("db",), 1, 1, "sha256:x", "q"),))


def test_only_what_holds_data_and_hangs_on_it_is_replaced(stack, volumes, state, begin, forgotten):
    client, told = Engine(volumes, stack), []
    begin.marks = {"new-s-db-1": "m1"}
    found = replace(
        client, forgotten, Backend(), what(*stack, live={"s_data": Lying("parity-store", "live/old")}), of_data(state), told.append
    )  # fmt: skip
    assert (found.services, found.left) == (("db", "side"), ())
    assert found.marks == {"new-s-db-1": "m1"}
    assert {row for row in client.done if row[0] == "remove"} == {("remove", "db"), ("remove", "side")}  # fmt: skip
    assert client.made["new-s-db-1"]["HostConfig"]["Mounts"][0]["Source"] == "s_data"
    inside = client.made["new-s-side-1"]["HostConfig"]["NetworkMode"]
    assert inside == "container:new-s-db-1", "in the network of the new one, not of the old one"
    assert [one for one, _ in begin.started] == ["new-s-db-1", "new-s-side-1"]
    assert begin.ready == ["new-s-db-1", "new-s-side-1"]
    assert begin.gateway == "parity-gateway"
    assert {step.subject for step in told} == {"db", "side"}
    assert volumes.there["s_data"]["Labels"][labels.FROM] == "a1"
    assert forgotten.asked == [("clone", {"reflink": "never", "remove": ["live/old"]})]


def test_it_keeps_its_address_and_name(stack, volumes, state, begin, forgotten):
    client = Engine(volumes, stack)
    replace(client, forgotten, Backend(), what(*stack), of_data(state), lambda step: None)
    made = client.made["new-s-db-1"]
    (end,) = made["NetworkingConfig"]["EndpointsConfig"].values()
    assert end["IPAMConfig"] == {"IPv4Address": "10.1.0.7"}
    assert labels.DONE not in made["Labels"]
    assert forgotten.asked == [], "there was no directory of the store before"


def test_data_is_in_place_before_anything_is_made(stack, volumes, state, begin, forgotten):
    client = Engine(volumes, stack)
    seen = []
    client.create_container_from_config = lambda config, name: (
        seen.append((set(client.done), volumes.there["s_data"]["Labels"].get(labels.FROM)))
        or {"Id": f"new-{name}"}
    )
    replace(client, forgotten, Backend(), what(*stack), of_data(state), lambda step: None)
    assert seen == [({("remove", "db"), ("remove", "side")}, "a1")] * 2


def test_a_state_of_other_volumes_touches_nothing(stack, volumes, state, begin, forgotten):
    client = Engine(volumes, stack)
    with pytest.raises(StateError):
        replace(client, forgotten, Backend(), what(*stack), state(volumes=()), pytest.fail)
    assert client.done == []
    assert volumes.removed == []


def test_who_was_not_written_to_keeps_container_volume_and_mark(
    stack, volumes, state, begin, forgotten
):
    client = Engine(volumes, stack)
    begin.same = {"db"}
    asked = what(
        *stack, known={"db": "m0", "old": "m9"}, live={"s_data": Lying("parity-store", "live/now")}
    )
    found = replace(client, forgotten, Backend(), asked, of_data(state), pytest.fail)
    assert (found.services, found.left, found.marks) == ((), ("db",), {"db": "m0"})
    assert client.done == volumes.removed == forgotten.asked == []


def test_jobs_that_are_done_are_made_again_and_marked_and_not_started(
    stack, volumes, state, begin, forgotten
):
    job = plain("job", mode="container:db")
    job["State"] |= {"Running": False, "Status": "exited", "ExitCode": 0}
    failed = plain("failed", mode="container:db")
    failed["State"] |= {"Running": False, "Status": "exited", "ExitCode": 1}
    stack += [job, failed]
    client = Engine(volumes, stack)
    replace(client, forgotten, Backend(), what(*stack), of_data(state), lambda step: None)
    started = {service for _, service in begin.started}
    assert started == {"db", "side", "failed"}
    assert client.made["new-s-job-1"]["Labels"][labels.DONE] == "a1"
    assert labels.DONE not in client.made["new-s-failed-1"]["Labels"]


def test_a_service_that_was_stopped_is_no_job(stack, volumes, state, begin, forgotten):
    stopped = plain("web", mode="container:db")
    stopped["State"] |= {"Running": False, "Status": "exited", "ExitCode": 0}
    client = Engine(volumes, [*stack, stopped])
    asked = what(*stack, stopped, dead={"web"})
    replace(client, forgotten, Backend(), asked, of_data(state), lambda step: None)
    assert {service for _, service in begin.started} == {"db", "side", "web"}
    assert labels.DONE not in client.made["new-s-web-1"]["Labels"]


def test_a_job_that_never_ran_is_done_where_the_state_holds_its_work(
    stack, volumes, state, begin, forgotten
):
    job, later = plain("job"), plain("later", mode="container:db")
    for one in (job, later):
        one["State"] |= {"Running": False, "Status": "created", "ExitCode": 0}
    stack += [job, later]
    client = Engine(volumes, stack)
    asked = what(*stack, done={"job"})
    replace(client, forgotten, Backend(), asked, of_data(state), lambda step: None)
    assert client.made["new-s-job-1"]["Labels"][labels.DONE] == "a1"
    assert labels.DONE not in client.made["new-s-later-1"]["Labels"]
    assert {service for _, service in begin.started} == {"db", "side"}


def test_a_job_that_was_made_again_twice_is_still_done(stack, volumes, state, begin, forgotten):
    job = plain("job", mode="container:db", labels={labels.DONE: "old"})
    job["State"] |= {"Running": False, "Status": "created", "ExitCode": 0}
    client = Engine(volumes, [*stack, job])
    replace(client, forgotten, Backend(), what(*stack, job), of_data(state), lambda step: None)
    assert client.made["new-s-job-1"]["Labels"][labels.DONE] == "a1"


def test_nothing_is_started_where_somebody_else_will(stack, volumes, state, begin, forgotten):
    client = Engine(volumes, stack)
    asked = what(*stack, begin=False)
    found = replace(client, forgotten, Backend(), asked, of_data(state), pytest.fail)
    assert begin.started == []
    assert (found.services, found.marks) == (("db", "side"), {})


def test_checks_come_from_the_stack_that_a_fork_was_made_like(
    stack, volumes, state, begin, forgotten
):
    client = Engine(volumes, stack)
    asked = what(*stack, checks={"db": ["pg_isready"]})
    replace(client, forgotten, Backend(), asked, of_data(state), lambda step: None)
    assert begin.checks == {"new-s-db-1": ("pg_isready",), "new-s-side-1": ()}


def test_a_container_that_is_gone_already_is_made_again(stack, volumes, state, begin, forgotten):
    client = Engine(volumes, [])
    found = replace(client, forgotten, Backend(), what(*stack), of_data(state), lambda step: None)
    assert found.services == ("db", "side")


def test_a_container_of_another_stack_is_never_removed(stack, volumes, state, begin, forgotten):
    stack[1]["Config"]["Labels"][labels.STACK] = "t"
    client = Engine(volumes, stack)
    replace(client, forgotten, Backend(), what(*stack), of_data(state), lambda step: None)
    assert ("remove", "db") not in client.done


def test_data_that_cannot_be_made_is_told_and_nothing_is_started(
    stack, volumes, state, begin, forgotten
):
    class Full(Backend):
        def derive(self, store, pairs, *, remove=()):
            raise EngineError("the store cannot clone: no space left")

    client = Engine(volumes, stack)
    with pytest.raises(EngineError, match="no space left"):
        replace(client, forgotten, Full(), what(*stack), of_data(state), pytest.fail)
    assert volumes.removed == []
    assert begin.started == []
