"""Pods: what a namespace has once, and a set of services for each further pod."""

from parity.model.document import ABSENT
from parity.stack.overrides import pods


def run(draft, context, services, cluster=True, **sections):
    more = {"x-parity": {}} if cluster else {}
    one = draft(services, networks={"default": {}}, **more, **sections)
    pods.apply(one, context())
    return one


def pair(**side):
    return {
        "web": {"networks": {"default": {"aliases": ["web.svc"]}}, "expose": ["80"]},
        "side": {"network_mode": "service:web", **side},
    }


def test_what_belongs_to_the_namespace_moves_to_its_owner(draft, context, overrides_of):
    side = {
        "hostname": "x",
        "dns": ["192.0.2.1"],
        "expose": ["80", "81"],
        "extra_hosts": ["a=192.0.2.2"],
        "networks": {"default": {"aliases": ["side.svc"]}},
        "sysctls": {"net.core.somaxconn": "9", "kernel.msgmax": "1"},
        "environment": {"A": "1"},
    }
    one = run(draft, context, pair(**side))
    web, left = one.document["services"]["web"], one.document["services"]["side"]
    assert left == {
        "network_mode": "service:web", "environment": {"A": "1"}, "sysctls": {"kernel.msgmax": "1"}
    }  # fmt: skip
    assert web["expose"] == ["80", "81"]
    assert web["extra_hosts"] == ["a=192.0.2.2"]
    assert web["networks"]["default"]["aliases"] == ["web.svc", "side.svc"]
    assert web["sysctls"] == {"net.core.somaxconn": "9"}
    rows = overrides_of(one)
    assert "that of `web`" in rows["services.side.hostname"].reason
    assert rows["services.web.expose"].reason == "asked for by `side`"


def test_a_plain_companion_stays_as_it_is(draft, context):
    one = run(draft, context, pair(environment={"A": "1"}))
    assert one.overrides == ()


def test_each_further_pod_is_a_set_of_services(draft, context, overrides_of):
    services = pair()
    services["web"]["deploy"] = {"replicas": 2}
    services["side"]["deploy"] = {"replicas": 2}
    one = run(draft, context, services)
    known = one.document["services"]
    assert known["side-r2"]["network_mode"] == "service:web-r2"
    assert known["web-r2"]["networks"]["default"]["aliases"] == ["web.svc", "web"]
    assert known["web"]["deploy"]["replicas"] == known["web-r2"]["deploy"]["replicas"] == 1
    rows = overrides_of(one)
    assert rows["services.web-r2"].reason.startswith("pod 2 of 2")
    assert rows["services.web.deploy.replicas"].production == 2


def test_a_claim_of_each_pod_is_a_volume_of_each(draft, context):
    mounts = [{"type": "volume", "source": "data", "target": "/data"}]
    db = {"networks": {"default": None}, "volumes": mounts, "scale": 3}
    one = run(draft, context, {"db": db}, volumes={"data": {"x-parity": {"size": 5}}})
    sources = [one.get(("services", n, "volumes", 0, "source")) for n in ("db", "db-r2", "db-r3")]
    assert sources == ["data", "data-r2", "data-r3"]
    assert set(one.document["volumes"]) == set(sources)
    assert one.get(("services", "db", "scale")) == 1


def test_replicas_without_anything_of_their_own_stay_one_service(draft, context):
    one = run(draft, context, {"web": {"networks": {"default": None}, "scale": 2}})
    assert one.overrides == ()


def test_no_copy_is_made_of_what_runs_once_or_not_at_all(draft, context):
    services = pair()
    services["web"]["deploy"] = {"replicas": 0}
    one = run(draft, context, services)
    assert one.get(("services", "web-r2")) is ABSENT
    assert one.get(("services", "web", "deploy", "replicas")) == 0


def test_other_documents_are_left_alone(draft, context):
    services = pair(expose=["81"])
    services["web"]["scale"] = 2
    assert run(draft, context, services, cluster=False).overrides == ()
