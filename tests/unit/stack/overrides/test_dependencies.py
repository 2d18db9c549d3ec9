"""A dependency that may be missing is left out where it is missing, and only there."""

from parity.stack.overrides import dependencies


def test_an_optional_dependency_of_no_active_profile_is_left_out(draft, context):
    waits = {"cron": {"condition": "service_started", "required": False}}
    one = draft({"web": {"depends_on": waits}})
    dependencies.apply(one, context())
    assert one.get(("services", "web", "depends_on")) == {}
    assert "cron" in one.overrides[0].reason


def test_dependencies_that_are_there_or_required_stay(draft, context):
    waits = {"db": {"required": False}, "gone": {"required": True}}
    one = draft({"web": {"depends_on": waits}, "db": {}})
    dependencies.apply(one, context())
    assert one.get(("services", "web", "depends_on")) == waits
    assert one.overrides == ()
