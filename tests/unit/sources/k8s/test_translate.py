from parity.model.setting import Layer
from parity.sources.k8s.translate import is_translated, translate

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {A: %s}"


def test_an_environment_says_what_it_is(read, pod):
    environment = read(pod()).environment
    assert (environment.name, environment.source, environment.files) == (
        "prod",
        "kubernetes",
        ("m.yaml",),
    )
    assert environment.layers == {Layer.DECLARED}


def test_nothing_at_all_is_an_environment_without_services():
    environment = translate("prod", "kubernetes", (), [], frozenset({"logging"}))
    assert environment.services == {}
    assert environment.silent == {"logging"}
    assert environment.losses == ()


def test_of_objects_given_twice_the_later_wins(read, pod):
    result = read(CONFIG % "one", CONFIG % "two", pod("envFrom: [{configMapRef: {name: c}}]"))
    assert result.web["environment"] == {"A": "two"}
    assert result.losses == {"ConfigMap/c": "it is there again, and the later one wins: m.yaml:6"}


def test_what_the_cluster_made_from_others_is_no_loss(read, pod):
    made = pod(kind="ReplicaSet", name="web-5d4").replace(
        "{name: web-5d4}",
        "{name: web-5d4, ownerReferences: [{kind: Deployment, controller: true}]}",
    )
    result = read(pod(), made)
    assert list(result.services) == ["web"]
    assert result.losses == {}


def test_only_kubernetes_own_kinds_are_translated(things):
    own, foreign = things(
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}",
        "apiVersion: example.com/v1\nkind: Service\nmetadata: {name: a}",
    )
    assert (is_translated(own), is_translated(foreign)) == (True, False)


def test_services_are_as_compose_prints_them(read, pod):
    web = read(pod(more="replicas: 1")).web
    assert web["deploy"] == {"resources": {}, "placement": {}, "replicas": 1}
