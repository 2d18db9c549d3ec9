import pytest

from parity.sources.k8s.refuse import is_template, not_an_object, template_in

DEPLOYMENT = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}}


def deployment(*containers, **more):
    spec = {"template": {"spec": {"containers": list(containers)}}}
    return {**DEPLOYMENT, "spec": {**spec, **more}}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("text", "a plain text"),
        ([1], "a list"),
        ([{"op": "add", "path": "/a", "value": 1}], "a JSON patch"),
        ({"kind": "Kustomization", "resources": ["a"]}, "Kustomization given as a plain file"),
        (
            {"apiVersion": "kustomize.config.k8s.io/v1alpha1", "kind": "Component"},
            "Component given as a plain file",
        ),
        ({"resources": ["a.yaml"], "namePrefix": "x-"}, "a kustomization given as a plain file"),
        ({"replicaCount": 1, "resources": {}}, "no apiVersion and kind"),
        ({"services": {"web": {}}}, "no apiVersion and kind"),
        ({"kind": "Pod"}, "no apiVersion and kind"),
        ({"kind": "ConfigMap", "metadata": {"name": "a"}}, "a patch, no object"),
        ({**DEPLOYMENT, "$patch": "delete"}, "a patch"),
        ({**DEPLOYMENT, "spec": {"replicas": 3}}, "says nothing of containers"),
        (deployment(), "says nothing of containers"),
        (deployment({"name": "a", "env": []}), "a container without an image"),
        ({**DEPLOYMENT, "kind": "CronJob", "spec": {"schedule": "x"}}, "a patch of a CronJob"),
        ({**DEPLOYMENT, "kind": "Pod", "spec": []}, "a patch of a Pod"),
    ],
)
def test_why_it_is_no_object(data, words):
    reason, next_step = not_an_object(data)
    assert words in reason
    assert next_step


@pytest.mark.parametrize(
    "data",
    [
        deployment({"name": "a", "image": "i"}),
        {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}},
        {"apiVersion": "example.com/v1", "kind": "Component", "metadata": {"name": "a"}},
        {"apiVersion": "run.googleapis.com/v1", "kind": "Job", "metadata": {"name": "a"}},
        {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"image": "i"}]}},
    ],
)
def test_objects_are_objects(data):
    assert not_an_object(data) is None


@pytest.mark.parametrize(
    "text", ["{{ .Values.image }}", "{{- if .x }}", '{{ include "a" . }}', "{{$x.y}}", "{{- end }}"]
)
def test_actions_of_helm_are_seen(text):
    assert is_template(text)


@pytest.mark.parametrize("text", ["{{ labels }}", "{a: {b: c}}", "{{instance}}", "${X}", ""])
def test_other_braces_are_not(text):
    assert not is_template(text)


def test_a_template_is_found_where_it_stands():
    data = deployment({"name": "a", "image": "{{ .Values.image }}"})
    assert template_in(data) == ("spec", "template", "spec", "containers", 0, "image")


def test_a_config_may_hold_templates_of_its_own():
    config = {"kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"x": "{{ .Values.y }}"}}
    rules = {"kind": "PrometheusRule", "metadata": {"name": "a"}, "spec": {"x": "{{ $labels.y }}"}}
    assert template_in(config) is None
    assert template_in(rules) is None
    assert template_in({**config, "metadata": {"name": "{{ .Release.Name }}"}}) == (
        "metadata",
        "name",
    )
