"""Names that are unique on an engine."""

from parity.stack.overrides import names


def test_container_names_are_given_up(draft, context):
    one = draft({"web": {"container_name": "prod-web"}, "db": {}})
    names.apply(one, context())
    assert one.document["name"] == "shop-abc123"
    assert one.get(("services", "web")) == {}
    assert {row.path for row in one.overrides} == {("name",), ("services", "web", "container_name")}


def test_a_definition_of_the_same_name_without_container_names_is_left_alone(draft, context):
    one = draft({"web": {"hostname": "web1"}})
    one.document["name"] = "shop-abc123"
    names.apply(one, context())
    assert one.overrides == ()
