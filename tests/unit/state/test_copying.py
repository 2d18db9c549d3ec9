"""The bodies of a fork: its own names, networks, gateway and ports; everything else as it was."""

import json

from parity.state import blueprint, copying, inspected
from parity.state.blueprint import Blueprint
from parity.state.copying import Naming

from .conftest import container, volume

NETWORKS = {
    "s_back": {
        "Name": "s_back",
        "Driver": "bridge",
        "Options": {"com.docker.network.bridge.inhibit_ipv4": "true"},
        "Labels": {"com.docker.compose.network": "back", "dev.parity.stack": "s"},
    },
    "s-edge": {
        "Name": "s-edge",
        "Options": {},
        "Labels": {"com.docker.compose.network": "parity-edge"},
    },
}
NAMING = Naming(
    stack="s-x",
    origin="s",
    labels={"dev.parity.stack": "s-x", "dev.parity.fork": "x"},
    subnets={"s_back": "10.9.1.0/24", "s-edge": "10.9.2.0/24"},
)


def plan(*attrs, services=None):
    return Blueprint("s", attrs, services or {}, NETWORKS, ())


def test_names_begin_with_the_forks_name():
    assert copying.renamed("s_back", "s", "s-x") == "s-x_back"
    assert copying.renamed("s-web-1", "s", "s-x") == "s-x-web-1"
    assert copying.renamed("my-own-name", "s", "s-x") == "s-x_my-own-name"


def test_a_network_has_the_same_guard_on_another_subnet():
    made = copying.network(NETWORKS["s_back"], NAMING)
    assert made["Name"] == "s-x_back"
    assert made["Options"] == {"com.docker.network.bridge.inhibit_ipv4": "true"}
    assert made["IPAM"]["Config"] == [{"Subnet": "10.9.1.0/24", "Gateway": "10.9.1.1"}]
    assert made["Labels"]["dev.parity.stack"] == "s-x"
    assert made["Labels"]["com.docker.compose.project"] == "s-x"


def test_every_port_that_a_service_has_is_published(db, web, gateway):
    found = copying.published(plan(db, web, gateway))
    assert [(one["service"], one["port"], one["listen"]) for one in found] == [
        ("web", 8000, 20000),
        ("db", 5432, 21000),
    ]


def test_the_gateway_is_told_the_forks_networks_and_gets_free_ports_of_loopback(gateway, db, web):
    whole = plan(db, web, gateway)
    made = copying.gateway(whole, NAMING, copying.published(whole))
    told = blueprint.settings({"Config": {"Env": made["Env"]}})
    assert told["networks"][0]["subnet"] == "10.9.1.0/24"
    assert told["networks"][0]["address"] == "10.9.1.1"
    assert made["HostConfig"]["PortBindings"] == {
        "20000/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}],
        "21000/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}],
    }
    assert made["Labels"]["dev.parity.fork"] == "x"


def test_a_container_asks_the_forks_gateway_and_is_not_started_again_by_the_engine(db):
    made = copying.container(db, NAMING, {"/data": "s-x_data"})
    assert made["HostConfig"]["Dns"] == ["10.9.1.1"]
    assert made["HostConfig"]["RestartPolicy"] == {"Name": "on-failure"}
    assert made["Healthcheck"] == {"Test": ["NONE"]}
    assert made["Hostname"] == "db-1", "RabbitMQ files its data under it"
    assert list(made["NetworkingConfig"]["EndpointsConfig"]) == ["s-x_back"]
    assert made["NetworkingConfig"]["EndpointsConfig"]["s-x_back"]["Aliases"][0] == "db"
    assert "s_data" not in json.dumps(made), "the origin's volume is not among its mounts"


def test_an_editor_finds_its_own_container_and_no_fork_s(db):
    db["Config"]["Labels"] |= {
        "devcontainer.local_folder": "/w",
        "devcontainer.config_file": "/w/d",
    }
    made = copying.container(db, NAMING, {"/data": "s-x_data"})
    assert not [label for label in made["Labels"] if label.startswith("devcontainer.")]


def test_a_first_fork_fills_its_volumes_from_the_image(db):
    made = copying.container(db, NAMING, {"/data": "s-x_data"}, fresh=True)
    volumes = [m for m in made["HostConfig"]["Mounts"] if m["Type"] == "volume"]
    assert all(m["VolumeOptions"] == {"NoCopy": False} for m in volumes)


def test_a_holder_takes_the_place_in_the_network_and_its_settings():
    one = container(
        "db-1", "db", host={"Sysctls": {"net.core.somaxconn": "9", "kernel.shmmax": "1"}}
    )
    held = copying.holder(one, NAMING, "helper:1")
    assert held["Hostname"] == "db-1"
    assert held["HostConfig"]["Sysctls"] == {"net.core.somaxconn": "9"}
    assert held["Labels"]["dev.parity.role"] == "holder"
    assert "dev.parity.service" not in held["Labels"], "a reset must not take it for the service"
    inner = copying.container(one, NAMING, {}, inside="h1")
    assert inner["HostConfig"]["NetworkMode"] == "container:h1"
    assert inner["HostConfig"]["Sysctls"] == {"kernel.shmmax": "1"}
    assert "Hostname" not in inner


def test_jobs_that_are_done_are_copied_only_into_an_empty_fork(db, web, gateway):
    job = container("job-1", "job")
    job["State"]["Running"] = False
    services = {
        "job": {},
        "db": {},
        "web": {"depends_on": {"job": {"condition": "service_completed_successfully"}}},
    }
    whole = plan(db, web, gateway, job, services=services)
    names = {"db", "web", "job", "parity-gateway"}
    assert [inspected.service(a) for a in copying.kept(whole, names, jobs=False)] == ["db", "web"]
    assert len(copying.kept(whole, names, jobs=True)) == 3


def test_owners_of_a_shared_network_come_first(db):
    other = container("side-1", "side", mode=f"container:{db['Id']}")
    order = copying.kept(plan(other, db), {"db", "side"}, jobs=True)
    assert [inspected.service(one) for one in order] == ["db", "side"]


def test_a_volume_of_the_origin_that_is_only_read_stays_shared():
    one = container("a-1", "a", mounts=[volume("s_ro", "/ro", writable=False)])
    made = copying.container(one, NAMING, {})
    assert made["HostConfig"]["Mounts"][0]["Source"] == "s_ro"
    assert made["HostConfig"]["Mounts"][0]["ReadOnly"] is True
