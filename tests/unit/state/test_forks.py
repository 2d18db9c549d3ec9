"""A fork: all of the stack again, its labels on everything, and gone without a trace."""

import json
import threading
from types import SimpleNamespace

import pytest

from parity.errors import EngineError, StackError, StateError
from parity.model.stack import Container, Network
from parity.model.state import SavedVolume
from parity.stack import labels
from parity.state import forks as module
from parity.state.blueprint import Blueprint
from parity.state.forks import Copying
from parity.state.volumes import DataVolume, Use

from .conftest import container, volume

MARKS = {labels.STACK: "s-x", labels.FORK: "x", labels.ORIGIN: "s", labels.LEASE: "{}"}
DATA = DataVolume("data", "s_data", (Use("db", 1, "/data"),))
NAMELESS = DataVolume("cache/1:/data", "f" * 64, (Use("cache", 1, "/data"),))
NETWORKS = {
    name: {"Name": name, "Labels": {"com.docker.compose.network": key, labels.STACK: "s"}}
    for name, key in (("s_back", "back"), ("s-edge", "parity-edge"))
}


class Api:
    """An engine that makes whatever it is told to, and remembers."""

    def __init__(self, clashes=0):
        self.clashes = clashes
        self.networks, self.made, self.removed = [], {}, []
        self.there = {}
        self.lock = threading.Lock()

    def _url(self, path, *arguments):
        return path.format(*arguments)

    def _post_json(self, url, data):
        assert url == "/networks/create", "one network is enough here"
        if self.clashes:
            self.clashes -= 1
            text = "Pool overlaps with other one on this address space"
            return SimpleNamespace(status_code=403, text=text)
        self.networks.append(data)
        return SimpleNamespace(status_code=201, text="")

    def _raise_for_status(self, answer):
        assert answer.status_code < 300

    def create_container_from_config(self, config, name):
        with self.lock:
            self.made[name] = config
        return {"Id": f"id-{name}"}

    def inspect_container(self, one):
        from docker.errors import NotFound

        if one in self.there:
            return self.there[one]
        name = one.removeprefix("id-")
        if name not in self.made:
            raise NotFound(one)
        config = self.made[name]
        bound = {
            port: [{"HostIp": "127.0.0.1", "HostPort": str(40000 + n)}]
            for n, port in enumerate(config["HostConfig"]["PortBindings"])
        }
        return {"Config": {"Env": config["Env"]}, "NetworkSettings": {"Ports": bound}}

    def remove_container(self, one, v=False, force=False):
        assert (v, force) == (True, True)
        with self.lock:
            self.removed.append(one)


class Backend:
    name = "reflink"

    def derive(self, store, pairs, *, remove=()):
        return [{"type": "none", "o": "bind", "device": f"/e/{a}:{b}"} for a, b in pairs]


@pytest.fixture
def begun(monkeypatch):
    """Starts and waits, noted; no network is there yet."""
    found = SimpleNamespace(started=[], ready={}, networks=())
    lock = threading.Lock()

    def begin(client, one, service):
        with lock:
            found.started.append(one.removeprefix("id-s-x-"))

    def ready(client, attrs, gateway, stop, **more):
        with lock:
            found.ready[more["container"]] = more | {"gateway": gateway}

    monkeypatch.setattr(module.launch, "begin", begin)
    monkeypatch.setattr(module.launch, "ready", ready)
    monkeypatch.setattr(module.observe, "networks", lambda: found.networks)
    return found


@pytest.fixture
def client(volumes):
    return SimpleNamespace(api=Api(), volumes=volumes)


@pytest.fixture
def plan(db, web, gateway):
    """db with data, a cache with a nameless volume, a side in db's network, a job that is done, web."""
    db["Mounts"] = [volume("s_data", "/data")]
    cache = container("cache-1", "cache", mounts=[volume("f" * 64, "/data")])
    side = container("side-1", "side", mode=f"container:{db['Id']}")
    job = container("job-1", "job")
    job["State"]["Running"] = False
    done = "service_completed_successfully"
    services = {
        "db": {},
        "cache": {},
        "side": {"network_mode": "service:db"},
        "job": {"depends_on": {"db": {"condition": "service_healthy"}}},
        "web": {"depends_on": {"job": {"condition": done}, "db": {"condition": "service_healthy"}}},
        "parity-gateway": {},
    }
    attrs = (db, cache, side, job, web, gateway)
    return Blueprint("s", attrs, services, NETWORKS, (DATA, NAMELESS))


@pytest.fixture
def seeded(state):
    saved = [SavedVolume(v.key, v.services, 1, 1, "sha256:x", "q") for v in (NAMELESS, DATA)]
    return state(found="a1", volumes=tuple(saved))


def copying(plan, state, services=None, subnets="10.9.0.0/16"):
    names = services or list(plan.services)
    return Copying(plan, "s-x", MARKS, state, names, subnets, "helper:1")


def make(client, what, told=None):
    tell = (lambda step: None) if told is None else told.append
    return module.make(client, None, Backend(), what, tell)


def test_every_service_is_made_again_and_its_ports_are_on_the_host(client, begun, plan, seeded):
    told = []
    ports = make(client, copying(plan, seeded), told)
    made = client.api.made
    assert set(made) == {
        "s-x-parity-gateway-1", "s-x-db-1", "s-x-db-1-net", "s-x-cache-1", "s-x-cache-1-net",
        "s-x-side-1", "s-x-web-1",
    }, "the job has done its work in the state"  # fmt: skip
    assert ports == {("web", 8000): 40000, ("db", 5432): 40001}
    assert {step.subject for step in told} == {"db", "cache", "side", "web"}
    gateway, *services = (
        begun.started.index(f"{n}-1") for n in ("parity-gateway", "db", "cache", "web")
    )
    assert gateway < min(services), "they ask it for names"
    assert {one["gateway"] for one in begun.ready.values()} == {"id-s-x-parity-gateway-1"}


def test_everything_has_the_forks_labels_from_the_first_moment(
    client, begun, plan, seeded, volumes
):
    make(client, copying(plan, seeded))
    things = [*client.api.made.values(), *client.api.networks, *volumes.there.values()]
    assert len(things) == 7 + 2 + 2
    assert all(MARKS.items() <= thing["Labels"].items() for thing in things)


def test_data_is_the_states_under_names_of_the_fork(client, begun, plan, seeded, volumes):
    make(client, copying(plan, seeded))
    assert set(volumes.there) == {"s-x_data", "s-x_cache-1--data"}
    data = volumes.there["s-x_data"]
    assert data["Options"]["device"].startswith("/e/states/a1/1:live/")
    assert data["Labels"][labels.FROM] == "a1"
    mounts = client.api.made["s-x-db-1"]["HostConfig"]["Mounts"]
    assert [m["Source"] for m in mounts if m["Target"] == "/data"] == ["s-x_data"]
    assert "s_data" not in json.dumps([*client.api.made.values()]).replace("s-x_data", "")


def test_who_has_data_sits_in_a_network_that_outlives_it(client, begun, plan, seeded):
    make(client, copying(plan, seeded))
    made = client.api.made
    modes = {name: one["HostConfig"]["NetworkMode"] for name, one in made.items()}
    assert modes["s-x-db-1"] == "container:id-s-x-db-1-net"
    assert modes["s-x-side-1"] == "container:id-s-x-db-1-net", "and so does who shares its network"
    assert modes["s-x-web-1"] == modes["s-x-db-1-net"] == "s-x_back"


def test_an_empty_fork_has_empty_volumes_and_runs_its_jobs(client, begun, plan, volumes):
    make(client, copying(plan, None))
    assert "job-1" in begun.started
    assert begun.ready["id-s-x-job-1"]["is_job"]
    assert begun.ready["id-s-x-job-1"]["job_awaited"]
    assert {name: one["Options"] for name, one in volumes.there.items()} == {
        "s-x_data": {}, "s-x_cache-1--data": {}
    }  # fmt: skip
    assert all(labels.LIVE not in one["Labels"] for one in volumes.there.values())
    order = [begun.started.index(name) for name in ("db-1", "job-1", "web-1")]
    assert order == sorted(order)


def test_some_services_only_bring_their_volumes_and_ports_only(
    client, begun, plan, seeded, volumes
):
    ports = make(client, copying(plan, seeded, ["db", "parity-gateway"]))
    assert set(client.api.made) == {"s-x-parity-gateway-1", "s-x-db-1", "s-x-db-1-net"}
    assert set(volumes.there) == {"s-x_data"}
    assert list(ports) == [("db", 5432)]


def test_productions_own_check_is_asked_in_the_copy(client, begun, plan, seeded):
    make(client, copying(plan, seeded))
    assert begun.ready["id-s-x-db-1"]["check"] == ["ready"]
    assert begun.ready["id-s-x-web-1"]["check"] == ()


def test_subnets_are_of_the_range_and_of_nobody_else(client, begun, plan, seeded):
    begun.networks = (
        Network("other", "", "", ("10.9.0.0/24", "fd00::/64")),
        Network("wide", "", "", ("10.9.2.7/23",)),
    )
    make(client, copying(plan, seeded, subnets="10.9.0.0/21"))
    subnets = [one["IPAM"]["Config"][0]["Subnet"] for one in client.api.networks]
    assert len(set(subnets)) == 2
    assert set(subnets) <= {f"10.9.{n}.0/24" for n in (1, 4, 5, 6, 7)}


def test_a_subnet_that_another_took_meanwhile_is_chosen_anew(client, begun, plan, seeded):
    client.api.clashes = 3
    make(client, copying(plan, seeded))
    assert len(client.api.networks) == 2


def test_a_range_without_room_is_told_before_anything_is_made(client, begun, plan, seeded):
    begun.networks = (Network("all", "", "", ("10.0.0.0/8",)),)
    with pytest.raises(EngineError, match=r"no free subnet in 10\.9\.0\.0/16") as caught:
        make(client, copying(plan, seeded))
    assert "local.subnets" in caught.value.next_step
    assert client.api.made == {}


def test_networks_that_always_clash_are_told(client, begun, plan, seeded):
    client.api.clashes = 99
    with pytest.raises(EngineError, match="no free subnet in .* for a network of s-x"):
        make(client, copying(plan, seeded))


def test_a_state_of_other_volumes_is_refused(client, begun, plan, state):
    with pytest.raises(StateError, match="of other volumes"):
        make(client, copying(plan, state(volumes=())))
    assert set(client.api.made) <= {
        "s-x-parity-gateway-1", "s-x-db-1-net", "s-x-cache-1-net"
    }, "no service is on anything else"  # fmt: skip


def test_where_both_protocols_have_a_port_tcps_is_told():
    told = {
        "publish": [
            {"listen": 1, "protocol": "tcp", "service": "dns", "port": 53},
            {"listen": 2, "protocol": "udp", "service": "dns", "port": 53},
            {"listen": 3, "protocol": "tcp", "service": "dns", "port": 99},
        ]
    }
    gateway = {
        "Config": {"Env": ["PARITY_GATEWAY=" + json.dumps(told)]},
        "NetworkSettings": {
            "Ports": {
                "1/tcp": [{"HostPort": "41"}], "2/udp": [{"HostPort": "42"}], "3/tcp": None
            }
        },
    }  # fmt: skip
    assert module.ports(gateway) == {("dns", 53): 41}
    gateway["NetworkSettings"]["Ports"] = None
    assert module.ports(gateway) == {}


# Taking away


@pytest.fixture
def there(client, volumes, monkeypatch):
    """What there is of the fork x; `others` is of another stack though it is listed."""
    rows = [("db", "service"), ("net", "holder"), ("gw", "gateway"), ("others", "service")]
    found = [Container(one, one, one, 1, "running", "", 0, "", role, "") for one, role in rows]
    found.append(Container("gone", "gone", "gone", 1, "running", "", 0, "", "service", ""))
    for one, _ in rows:
        stack = "t" if one == "others" else "s-x"
        client.api.there[one] = {"Config": {"Labels": {labels.STACK: stack}}}
    monkeypatch.setattr(module.observe, "of_stack", lambda stack: tuple(found))
    device = {"type": "none", "o": "bind", "device": "/engine/parity-store/_data/live/x"}
    volumes.create("s-x_data", driver_opts=device, labels={**MARKS, labels.LIVE: "live/x"})
    volumes.create("s-x_plain", labels=MARKS)
    volumes.create("s_data", labels={labels.STACK: "s", labels.LIVE: "live/s"})
    volumes.create("s-x_foreign", labels=None)
    networks = []
    for name, stack in (("s-x_back", "s-x"), ("s_back", "s")):
        item = SimpleNamespace(
            name=name,
            attrs={"Labels": {labels.STACK: stack}},
            remove=lambda name=name: client.api.removed.append(name),
        )
        networks.append(item)
    client.networks = SimpleNamespace(list=lambda filters: networks)
    return client


def forgotten():
    asked = []
    return SimpleNamespace(
        volume="parity-store",
        run=lambda *args, **more: asked.append(more["remove"]),
        asked=asked,
    )


def test_all_of_it_goes_and_nothing_else(there, volumes):
    store = forgotten()
    module.remove(there, store, "s-x")
    removed = there.api.removed
    assert set(removed) == {"db", "gw", "net", "s-x_back"}
    assert removed.index("db") < removed.index("net"), "who sits in a network goes before it"
    assert set(volumes.there) == {"s_data", "s-x_foreign"}
    assert store.asked == [["live/x"]]


def test_a_removal_that_is_on_its_way_is_no_error(there, volumes, api_error):
    def busy(one, **_):
        raise api_error(f"removal of container {one} is already in progress")

    there.api.remove_container = busy
    module.remove(there, forgotten(), "s-x")
    assert "s-x_data" not in volumes.there


def test_one_that_cannot_be_removed_is_told_and_its_data_stays(there, volumes, api_error):
    def stuck(one, **_):
        raise api_error("could not kill")

    there.api.remove_container = stuck
    store = forgotten()
    with pytest.raises(EngineError, match="could not kill"):
        module.remove(there, store, "s-x")
    assert "s-x_data" in volumes.there
    assert store.asked == []


def test_what_the_engine_still_makes_for_a_killed_command_goes_as_well(there, volumes, monkeypatch):
    late = Container("late", "late", "late", 1, "running", "", 0, "", "holder", "")
    listed = module.observe.of_stack("s-x")
    there.api.there["late"] = {"Config": {"Labels": {labels.STACK: "s-x"}}}
    monkeypatch.setattr(module.observe, "of_stack", lambda _: listed)

    def removing(client, stack):
        if "late" not in client.api.removed:
            monkeypatch.setattr(module.observe, "of_stack", lambda _: (*listed, late))
            raise StackError("late uses a network", next_step="again")
        return ()

    monkeypatch.setattr(module, "_PAUSE_SECONDS", 0)
    monkeypatch.setattr(module, "remove_networks", removing)
    store = forgotten()
    module.remove(there, store, "s-x")
    assert "late" in there.api.removed
    assert store.asked == [["live/x"]]


def test_a_network_that_others_use_is_told_at_once(there, volumes, monkeypatch):
    asked = []

    def removing(client, stack):
        asked.append(stack)
        raise StackError("others use a network", next_step="again")

    monkeypatch.setattr(module.observe, "of_stack", lambda _: ())
    monkeypatch.setattr(module, "remove_networks", removing)
    with pytest.raises(StackError, match="others use a network"):
        module.remove(there, forgotten(), "s-x")
    assert asked == ["s-x"]


def test_what_is_gone_already_is_gone(client, volumes, monkeypatch):
    monkeypatch.setattr(module.observe, "of_stack", lambda stack: ())
    client.networks = SimpleNamespace(list=lambda filters: [])
    store = forgotten()
    module.remove(client, store, "s-x")
    assert client.api.removed == store.asked == []
