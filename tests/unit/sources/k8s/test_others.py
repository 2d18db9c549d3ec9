import pytest

OBJECT = "apiVersion: x/v1\nkind: {}\nmetadata: {{name: a, labels: {{b: c}}}}\nspec: {{d: e}}"


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("Namespace", "own namespace"),
        ("ServiceAccount", "permissions"),
        ("NetworkPolicy", "policy"),
        ("StorageClass", "storage"),
        ("HTTPRoute", "traffic"),
        ("PodDisruptionBudget", "policy"),
        ("CustomResourceDefinition", "a kind of object"),
        ("Bee", "no service of this kind"),
        ("Service", "no service of this kind"),
    ],
)
def test_an_object_that_becomes_no_service_is_one_loss(read, kind, words):
    result = read(OBJECT.format(kind))
    assert list(result.losses) == [f"{kind}/a"]
    assert words in result.losses[f"{kind}/a"]
    assert result.services == {}


def test_the_value_says_what_was_in_it(read):
    (loss,) = read(OBJECT.format("Bee")).environment.losses
    assert '"d": "e"' in loss.value
