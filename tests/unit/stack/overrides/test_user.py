"""The user's own rewrites."""

import pytest

from parity.errors import ConfigError
from parity.model.document import ABSENT
from parity.model.project import LocalTable, OverrideTable
from parity.stack.overrides import user

SERVICE = {"image": "a", "command": ["x"], "environment": {"A": "1"}}


def applied(draft, context, *tables, **local):
    one = draft({"web": SERVICE}, networks={"default": {}}, volumes={"data": {}})
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
        ("services.web.networks.default.priority", 5, 5),
        ("networks.default.labels.a", "x", "x"),
        ("volumes.data.labels.a", "x", "x"),
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
        ("networks.extra", "no network `extra`"),
        ("networks.extra.labels", "no network `extra`"),
        ("volumes.extra.labels", "no volume `extra`"),
        ("services.web.networks.extra", "no network `extra`"),
        ("networks.default", "the guard's"),
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


@pytest.mark.parametrize("key", ["authority", "build", "privileged"])
def test_a_service_that_is_not_there_is_told_with_the_nearest(draft, context, tmp_path, key):
    with pytest.raises(ConfigError, match=f"`local.{key}` names no service: wbe") as caught:
        applied(draft, context, **{key: ("wbe",)})
    assert "`web`" in caught.value.next_step
    # One of an inactive profile stands in the file alone.
    (tmp_path / "compose.yaml").write_text("services:\n  wbe: {profiles: [x]}\n")
    assert applied(draft, context, **{key: ("wbe",)}).overrides == ()


def test_a_network_that_is_not_there_is_told_with_those_that_are(draft, context):
    with pytest.raises(ConfigError) as caught:
        applied(draft, context, OverrideTable("networks.extra", "r", {}))
    assert "there are: default" in caught.value.next_step
