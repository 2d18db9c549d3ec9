import pytest

from parity.errors import DefinitionError
from parity.model.setting import Origin
from parity.sources.k8s.objects import objects
from parity.sources.yaml_tree import parse


def test_a_document_is_an_object_and_a_list_several(things):
    service, one, two = things(
        "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: n}",
        """
        apiVersion: v1
        kind: List
        items:
        - {apiVersion: v1, kind: ConfigMap, metadata: {name: b}}
        - {apiVersion: v1, kind: Secret, metadata: {generateName: c-}}
        """,
    )
    assert (service.title, service.namespace) == ("Service/a", "n")
    assert (one.title, two.title) == ("ConfigMap/b", "Secret/c")
    assert two.root.where == "m.yaml:10"


def test_an_empty_list_has_no_objects(things):
    assert things("apiVersion: v1\nkind: List\nitems: null") == []


def test_the_namespace_given_is_that_of_objects_that_name_none(things):
    own, given = things(
        "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: n}",
        "apiVersion: v1\nkind: Service\nmetadata: {name: b}",
        namespace="shop",
    )
    assert (own.namespace, given.namespace) == ("n", "shop")


def test_the_platforms_own_kinds_are_told_apart_from_those_of_the_same_name(things):
    knative, job, plain = things(
        "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: a}",
        "apiVersion: run.googleapis.com/v1\nkind: Job\nmetadata: {name: a}",
        "apiVersion: v1\nkind: Service\nmetadata: {name: a}",
    )
    assert [thing.kind for thing in (knative, job, plain)] == [
        "KnativeService",
        "CloudRunJob",
        "Service",
    ]


def test_what_a_controller_made_is_owned(things):
    made, free = things(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: a, ownerReferences: [{kind: ReplicaSet, name: r, controller: true}]}
        spec: {containers: [{name: c, image: i}]}
        """,
        "apiVersion: v1\nkind: Service\nmetadata: {name: a, ownerReferences: [{kind: X}]}",
    )
    assert (made.owned, free.owned) == (True, False)


def test_identity_and_book_keeping_are_no_losses(things):
    (thing,) = things(
        """
        apiVersion: v1
        kind: Service
        metadata:
          name: a
          uid: x
          managedFields: [{manager: kubectl}]
          annotations: {kubectl.kubernetes.io/last-applied-configuration: "{}", own: y}
        status: {loadBalancer: {}}
        """
    )
    thing.structure()
    assert [loss.path for loss in thing.ledger.losses()] == ["Service/a:metadata.annotations.own"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("apiVersion: v1\nkind: Service", "without metadata.name"),
        ("apiVersion: v1\nkind: Service\nmetadata: {name: 5}", "without metadata.name"),
        ("apiVersion: v1\nkind: Service\nmetadata: {name: 'a b'}", "no name of an object"),
        ("apiVersion: v1\nkind: Service\nmetadata: {name: 'x-{{uid}}'}", "a template"),
        ("apiVersion: v1\nkind: Service\nmetadata: [a]", "must be a table"),
        ("apiVersion: v1\nkind: List\nitems: [{a: 1}]", "no apiVersion and kind"),
        ("a: 1", "no apiVersion and kind"),
    ],
)
def test_what_is_no_object_is_refused_with_its_line(refused, text, words):
    assert words in refused(text).message


def test_another_origin_can_be_given():
    (tree,) = parse("apiVersion: v1\nkind: Service\nmetadata: {name: a}", "m.yaml")
    (thing,) = objects(tree, origin=lambda data, path: Origin("base.yaml", len(path)))
    assert thing.at("metadata", "name").where == "base.yaml:2"


def test_a_wrong_owner_is_an_error_and_no_traceback(things):
    (thing,) = things(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a, ownerReferences: x}\n"
        "spec: {containers: [{name: c, image: i}]}"
    )
    with pytest.raises(DefinitionError):
        _ = thing.owned
