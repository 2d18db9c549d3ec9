"""A hook that is not run is said to be lost, and no other."""

from parity.stack.overrides import hooks


def test_a_hook_before_the_stop_is_listed_as_lost(draft, context):
    one = draft({"web": {"pre_stop": [{"command": ["drain"]}]}})
    hooks.apply(one, context())
    assert [(loss.path, loss.value) for loss in one.losses] == [
        ("services.web.pre_stop[0]", "['drain']")
    ]


def test_a_hook_after_the_start_is_run_and_not_lost(draft, context):
    one = draft({"web": {"post_start": [{"command": ["warm"]}]}, "db": {}})
    hooks.apply(one, context())
    assert one.losses == []
