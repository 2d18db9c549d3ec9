"""What an engine says of its containers becomes a Compose document, on recorded answers."""

import json
import random
from copy import deepcopy
from pathlib import Path

import pytest

from parity.errors import DefinitionError, UnreachableError, UsageError
from parity.model.document import leaves, put
from parity.model.setting import Origin
from parity.sources import docker
from parity.sources.contract import Request
from parity.sources.ledger import UNKNOWN_FIELD

DATA = Path(__file__).parent / "data" / "docker"


def recorded(name):
    return json.loads((DATA / f"{name}.json").read_text())


def read(records, **options):
    request = Request("live", Path("/nowhere"), inspect=lambda context, project: records, **options)
    return docker.start(request).result()


@pytest.fixture
def shop():
    return read(recorded("compose-project"), project="shop", context="far")


def test_containers_become_the_services_they_were_made_of(shop):
    assert set(shop.services) == {"plain", "rich", "sidecar"}
    assert shop.document["name"] == "shop"
    assert shop.losses == ()
    plain = shop.services["plain"]
    digest = "sha256:6cd42892cfdc73b43b3e2cd463807ac06bfd7bac79dec4bf636650c963905787"
    assert plain == {
        "image": f"127.0.0.1:5055/shop/redis:7.0-3@{digest}",
        "networks": {"back": None},
        "depends_on": {"rich": {"condition": "service_started", "required": True}},
        "deploy": {"replicas": 2},
    }


def test_shared_namespaces_are_the_services(shop):
    sidecar = shop.services["sidecar"]
    assert (sidecar["network_mode"], sidecar["pid"]) == ("service:rich", "service:rich")
    assert sidecar["depends_on"]["rich"]["restart"] is True
    assert "hostname" not in sidecar


def test_networks_volumes_and_secret_files_are_defined(shop):
    assert shop.document["networks"] == {"back": {"name": "shop_back"}}
    assert shop.document["volumes"] == {"data": {"name": "shop_data"}}
    assert shop.document["secrets"] == {"token": {"file": "/srv/shop/token.txt"}}


def test_every_answer_has_the_container_it_came_from(shop):
    assert shop.origins.of(("services", "plain", "image")) == Origin("docker inspect shop-plain-1")
    assert shop.origins.of(("networks",)) == Origin("docker engine far")
    assert (shop.source, shop.files) == ("docker", ())


def test_containers_without_compose_are_services_by_their_names():
    environment = read(recorded("plain-containers"))
    lone, host, gone = (environment.services[name] for name in ("lone", "host", "gone"))
    assert {loss.path for loss in environment.losses} == {
        "lone:HostConfig.PublishAllPorts", "host:HostConfig.AutoRemove",
    }  # fmt: skip
    assert gone["image"] == "debian:bookworm-20250520-slim"
    assert lone["healthcheck"] == {"test": ["CMD-SHELL", "redis-cli ping"], "interval": "90s"}
    assert "container_name" not in lone
    assert host["healthcheck"] == {"disable": True}
    assert "name" not in environment.document


def test_a_name_that_was_given_is_kept():
    records = recorded("compose-project")[2:3]
    records[0]["Name"] = "/the-store"
    assert read(records).services["rich"]["container_name"] == "the-store"


def test_swarm_tasks_are_their_services():
    records = recorded("plain-containers")[:1]
    records[0]["Config"]["Labels"] = {
        "com.docker.stack.namespace": "shop",
        "com.docker.swarm.service.name": "shop_web",
    }
    environment = read(records)
    assert set(environment.services) == {"web"}
    assert environment.document["name"] == "shop"


def test_one_off_containers_are_no_service():
    records = recorded("compose-project")
    records[2]["Config"]["Labels"]["com.docker.compose.oneoff"] = "True"
    assert "rich" not in read(records).services


def test_replicas_that_do_not_agree_are_told():
    records = recorded("compose-project")
    records[1]["Config"]["Env"].append("COLOUR=green")
    losses = read(records).losses
    assert [loss.path for loss in losses] == ["shop-plain-2:environment.COLOUR"]
    assert "do not agree" in losses[0].reason


def test_a_field_of_a_newer_engine_is_told():
    records = recorded("compose-project")
    records[2]["HostConfig"]["Newer"] = {"A": [1]}
    records[2]["Mounts"][0]["Newer"] = True
    losses = read(records).losses
    assert {loss.path for loss in losses} == {
        "shop-rich-1:HostConfig.Newer.A[0]", "shop-rich-1:Mounts[0].Newer",
    }  # fmt: skip
    assert {loss.reason for loss in losses} == {UNKNOWN_FIELD}


def test_no_engine_to_ask_is_told():
    with pytest.raises(UsageError) as caught:
        docker.start(Request("live", Path("/nowhere"))).result()
    assert "capture" in caught.value.next_step


def test_an_engine_out_of_reach_stays_so():
    def inspect(context, project):
        raise UnreachableError(f"{context} {project}")

    request = Request("live", Path(), inspect=inspect, context="far", project="shop")
    with pytest.raises(UnreachableError, match="far shop"):
        docker.start(request).result()


def test_secrets_are_in_no_loss():
    records = recorded("compose-project")[2:3]
    records[0]["HostConfig"]["Odd"] = {"DB_PASSWORD": "CANARY-1", "url": "pg://u:CANARY@db/x"}
    assert "CANARY" not in repr(read(records).losses)


@pytest.mark.parametrize("name", ["compose-project", "plain-containers"])
def test_odd_answers_are_errors_in_words(name):
    records = recorded(name)
    for key in ("Config", "HostConfig", "NetworkSettings", "Mounts", "_Image", "Name", "Id"):
        for odd in (None, 5, "x", [], {}, [[]], {"a": {}}):
            broken = deepcopy(records)
            broken[0][key] = odd
            try:
                read(broken)
            except DefinitionError as error:
                assert error.message


def test_nothing_on_disk_is_an_engine(tmp_path):
    assert not docker.recognises(tmp_path)


def test_values_of_the_wrong_kind_are_read_or_told():
    records = recorded("compose-project")
    chosen = random.Random(1)
    places = [(number, path) for number, row in enumerate(records) for path, _ in leaves(row)]
    for number, path in chosen.sample(places, 400):
        broken = deepcopy(records)
        odd = chosen.choice((None, 5, "x", [], {}, True, -1.5, [[1]], {"a": None}))
        put(broken[number], path[: chosen.randrange(len(path)) + 1], odd)
        try:
            assert read(broken).document
        except DefinitionError as error:
            assert error.message
