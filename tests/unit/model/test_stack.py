"""Plans, as they are asked and printed."""

from parity.model.stack import Action, Cause, Operation, Plan

LEAVE = Operation(Action.LEAVE, "db")
RENEW = Operation(Action.RECREATE, "web", (Cause("a -> b", "image"), Cause("it is unhealthy")))


def test_a_plan_that_leaves_everything_is_empty():
    assert Plan(()).empty
    assert Plan((LEAVE,)).empty
    assert not Plan((LEAVE, RENEW)).empty


def test_a_plan_names_services_by_what_happens_to_them():
    plan = Plan((LEAVE, RENEW))
    assert plan.services(Action.RECREATE, Action.CREATE) == ("web",)
    assert plan.services(Action.REMOVE) == ()


def test_a_cause_without_a_path_is_printed_without_one():
    assert RENEW.as_json() == {
        "service": "web",
        "action": "recreate",
        "causes": [{"path": "image", "text": "a -> b"}, {"text": "it is unhealthy"}],
    }
