"""The user's own rewrites."""

import pytest

from parity.errors import ConfigError
from parity.model.document import ABSENT
from parity.model.project import LocalTable, OverrideTable
from parity.stack.overrides import user

SERVICE = {"image": "a", "command": ["x"], "environment": {"A": "1"}}


def applied(draft, context, *tables, **local):
    one = draft({"web": SERVICE})
    user.apply(one, context(local=LocalTable(override=tables, **local)))
    return one


@pytest.mark.parametrize(
    ("path", "value", "local"),
    [
        ("services.web.environment.A", "2", "2"),
        ("services.web.environment.A", 2, "2"),
        ("services.web.environment.DEBUG", True, "true"),
        ('services.web.environment["app.x"]', 1.5, "1.5"),
        ("services.web.environment.A", None, ABSENT),
        ("services.web.command[0]", "y", "y"),
        ("services.web.command[1]", "y", "y"),
        ("services.web.mem_limit", 5, 5),
        ("services.web.deploy.replicas", 1, 1),
    ],
)
def test_a_setting_becomes_what_the_user_says(draft, context, path, value, local):
    from parity.model.document import parse

    one = applied(draft, context, OverrideTable(path, "my reason", value))
    assert one.get(parse(path)) == local
    assert (one.overrides[0].reason, one.overrides[0].asked_by) == (
        "my reason",
        "parity.toml: local.override 1",
    )


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("services.wbe.image", "no service `wbe`"),
        ("services..image", "not a path"),
        ("", "empty"),
        ("services.web.command[7]", "the list has 1 entries"),
        ("services.web.command.x", "the list has 1 entries"),
        ("services.web.command.x.y", "the list has 1 entries"),
    ],
)
def test_a_place_that_cannot_be_is_told_with_its_number(draft, context, path, message):
    with pytest.raises(ConfigError, match=message.replace("[", r"\[")) as caught:
        applied(
            draft,
            context,
            OverrideTable("services.web.image", "r", "b"),
            OverrideTable(path, "r", "x"),
        )
    assert "local.override 2" in caught.value.message
    assert caught.value.next_step


def test_the_authority_is_offered_to_who_asks(draft, context):
    one = applied(draft, context, authority=("web",))
    (mount,) = one.get(("services", "web", "volumes"))
    assert (mount["target"], mount["read_only"]) == (user.AUTHORITY, True)
    with pytest.raises(ConfigError, match="names no service: nobody"):
        applied(draft, context, authority=("nobody",))
