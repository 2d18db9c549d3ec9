import pytest

SERVICE = """
    apiVersion: v1
    kind: Service
    metadata: {name: %s}
    spec: {selector: {app: web}, ports: [{port: 80%s}]%s}
    """
PORTS = "ports: [{name: http, containerPort: 8080}]"
NAMES = ["web", "web.default", "web.default.svc", "web.default.svc.cluster.local"]


def service(read, pod, port="", more="", name="web", **options):
    return read(pod(PORTS, **options), SERVICE % (name, port, more))


def row(result):
    (found,) = result.document["x-parity"]["services"]
    return found


def test_a_service_is_names_ports_and_backends(read, pod):
    result = service(read, pod, ", targetPort: http, name: http")
    assert row(result) == {
        "name": "web",
        "names": NAMES,
        "ports": [{"port": 80, "target": 8080, "protocol": "tcp", "name": "http"}],
        "backends": ["web"],
        "headless": False,
    }
    assert result.where("x-parity", "services", 0, "ports", 0) == "m.yaml:19"
    assert result.losses == {}


def test_names_are_aliases_where_the_ports_are_equal(read, pod):
    equal = service(read, pod, name="front")
    assert equal.web["networks"]["default"]["aliases"][:2] == ["front", "front.default"]
    mapped = service(read, pod, ", targetPort: 8080", name="front")
    assert mapped.web["networks"] == {"default": None}


def test_the_namespace_is_in_the_names(read, pod):
    in_shop = "namespace: shop}"
    result = read(
        pod(PORTS).replace("{name: web}", "{name: web, " + in_shop),
        (SERVICE % ("front", "", "")).replace("name: front}", "name: front, " + in_shop),
    )
    assert row(result)["names"][1] == "front.shop"
    assert row(result)["backends"] == ["web"]


def test_pods_of_another_namespace_are_no_backends(read, pod):
    result = read(
        pod(PORTS), (SERVICE % ("front", "", "")).replace("front}", "front, namespace: other}")
    )
    assert row(result)["backends"] == []
    assert "no pod of this definition has these labels" in result.losses.values()


def test_a_headless_service_leads_to_each_pod_by_name(read, pod):
    result = read(
        pod(PORTS, kind="StatefulSet", more="serviceName: db"),
        SERVICE % ("db", ", targetPort: 8080", ", clusterIP: None"),
    )
    assert row(result)["headless"] is True
    assert "web-0.db.default.svc.cluster.local" in row(result)["names"]
    assert "web-0.db" in result.web["networks"]["default"]["aliases"]
    assert result.web["hostname"] == "web-0"


def test_a_load_balancer_publishes_the_services_port(read, pod):
    result = service(read, pod, ", targetPort: http, nodePort: 30080", ", type: LoadBalancer")
    assert result.web["ports"] == [
        {"mode": "ingress", "target": 8080, "published": "80", "protocol": "tcp"}
    ]
    assert list(result.losses) == ["Service/web:spec.ports[0].nodePort"]


def test_a_node_port_publishes_that_port(read, pod):
    fixed = service(read, pod, ", nodePort: 30080", ", type: NodePort")
    assert fixed.web["ports"][0]["published"] == "30080"
    free = service(read, pod, "", ", type: NodePort")
    assert free.web["ports"] == [{"mode": "ingress", "target": 80, "protocol": "tcp"}]


def test_inner_services_publish_nothing(read, pod):
    assert "ports" not in service(read, pod).web


def test_an_external_name_stands_for_a_host(read):
    result = read(
        "apiVersion: v1\nkind: Service\nmetadata: {name: db}\n"
        "spec: {type: ExternalName, externalName: db.example.com}"
    )
    assert row(result)["external"] == "db.example.com"
    assert (row(result)["ports"], row(result)["backends"]) == ([], [])


def test_pods_of_jobs_serve_only_where_nothing_else_does(read, pod):
    job = pod("", "restartPolicy: Never", kind="Job", name="task").replace(
        "labels: {app: task}", "labels: {app: web}"
    )
    both = read(pod(PORTS), job, SERVICE % ("web", "", ""))
    assert row(both)["backends"] == ["web"]
    alone = read(job, SERVICE % ("front", "", ""))
    assert row(alone)["backends"] == ["task"]


def test_an_unknown_port_name_is_a_loss(read, pod):
    result = service(read, pod, ", targetPort: metrics")
    assert row(result)["ports"][0]["target"] == 80
    assert "'metrics'" in str(result.losses)


@pytest.mark.parametrize(
    "more", ["sessionAffinity: ClientIP", "externalTrafficPolicy: Local", "loadBalancerIP: 1.2.3.4"]
)
def test_what_balancers_do_is_lost(read, pod, more):
    result = service(read, pod, "", f", {more}")
    assert list(result.losses) == [f"Service/web:spec.{more.partition(':')[0]}"]


@pytest.mark.parametrize(
    ("port", "more"), [("", ", type: Inner"), (", targetPort: 1.5", ""), (", protocol: 5", "")]
)
def test_broken_services_are_refused(refused, pod, port, more):
    assert refused(pod(PORTS), SERVICE % ("web", port, more)).where == "m.yaml:19"


def test_a_port_without_a_number_is_refused(refused):
    refused("apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {ports: [{name: x}]}")
