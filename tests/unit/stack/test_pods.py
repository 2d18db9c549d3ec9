"""Pods in a document, and copies of them."""

import pytest

from parity.stack import pods
from parity.stack.pods import Pod

DONE = {"condition": "service_completed_successfully"}
STARTED = {"condition": "service_started"}


def mount(source):
    return {"type": "volume", "source": source, "target": "/x"}


SERVICES = {
    "web-init": {},
    "web": {"depends_on": {"web-init": DONE}, "networks": {"default": {"aliases": ["web.svc"]}}},
    "side": {"network_mode": "service:web", "pid": "service:web", "depends_on": {"web": STARTED}},
    "alone": {"volumes": [mount("shared")]},
    "db": {"volumes": [mount("data"), mount("shared")], "hostname": "db-0"},
}
VOLUMES = {"data": {"x-parity": {"size": 1}}, "shared": {}, "none": None}
WEB = Pod("web", ("web", "side", "web-init"), ())


def test_a_pod_is_an_owner_its_companions_and_its_init_containers():
    found = {pod.owner: pod for pod in pods.gather({"services": SERVICES, "volumes": VOLUMES})}
    assert found == {"web": WEB, "db": Pod("db", ("db",), ("data",))}


def test_what_others_wait_for_as_well_is_no_init_container():
    services = {**SERVICES, "alone": {"depends_on": {"web-init": DONE}}}
    (web,) = [pod for pod in pods.gather({"services": services}) if pod.owner == "web"]
    assert web.members == ("web", "side")


@pytest.mark.parametrize("marks", [{"ephemeral": True}, {"per_pod": True}, {"size": 5}])
def test_scratch_space_and_claims_of_a_template_are_a_pod_s_own(marks):
    document = {"services": SERVICES, "volumes": {"shared": {"x-parity": marks}}}
    assert {pod.owner for pod in pods.gather(document)} == {"web", "alone", "db"}


def test_a_copy_refers_to_the_members_of_its_own_pod():
    side = pods.copy_of(SERVICES["side"], WEB, 2)
    assert side["network_mode"] == side["pid"] == "service:web-r2"
    assert list(side["depends_on"]) == ["web-r2"]
    assert list(pods.copy_of(SERVICES["web"], WEB, 3)["depends_on"]) == ["web-init-r3"]
    assert SERVICES["side"]["network_mode"] == "service:web", "the original stays"


def test_a_copy_has_its_own_volumes_host_name_and_is_one():
    service = {**SERVICES["db"], "scale": 2, "deploy": {"replicas": 2}}
    db = pods.copy_of(service, Pod("db", ("db",), ("data",)), 2)
    assert [row["source"] for row in db["volumes"]] == ["data-r2", "shared"]
    assert db["hostname"] == "db-1"
    assert "scale" not in db and db["deploy"]["replicas"] == 1


def test_a_copy_answers_to_the_names_of_all_and_not_to_the_first_one_s_own():
    local = {"networks": {"default": {"aliases": ["db", "db-0.db", "db-0.db.svc", "x.db-0"]}}}
    pods.answer_alike(local, "db", 2)
    aliases = local["networks"]["default"]["aliases"]
    assert aliases == ["db", "db-1.db", "db-1.db.svc", "x.db-1"]
    plain = {"networks": {"default": None}}
    pods.answer_alike(plain, "db", 2)
    assert plain["networks"]["default"]["aliases"] == ["db"]


def test_scratch_space_is_what_begins_empty():
    volumes = {
        "tmp": {"name": "s_tmp", "x-parity": {"ephemeral": True, "size": 5}},
        "data": {"name": "s_data", "x-parity": {"size": 5}},
    }
    services = {"web": {"volumes": [mount("tmp"), mount("data")]}}
    document = {"services": services, "volumes": volumes}
    (pod,) = pods.gather(document)
    assert pod.volumes == ("data", "tmp")
    assert pods.scratch(document, pod) == ("s_tmp",)
