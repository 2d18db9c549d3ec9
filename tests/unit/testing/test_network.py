import pytest

from parity.errors import UsageError
from parity.testing.network import StackNetwork, networks, only
from parity.testing.scene import Scene


def test_the_network_of_a_stack():
    assert only({"front": "s_front"}) == "s_front"
    assert only({"front": "s_front", "default": "s_default"}) == "s_default"
    assert only({"front": "s_front", "default": "s_default"}, "front") == "s_front"


@pytest.mark.parametrize(
    ("found", "key", "says"),
    [
        ({"a": "s_a", "b": "s_b"}, "", "several networks"),
        ({"a": "s_a"}, "b", "no network `b`"),
        ({}, "", "several networks"),
    ],
)
def test_which_one_is_not_guessed(found, key, says):
    with pytest.raises(UsageError, match=says) as raised:
        only(found, key)
    assert ", ".join(found) in raised.value.next_step


def row(key, stack):
    return {
        "Name": f"{stack}_{key}",
        "Labels": {"dev.parity.stack": stack, "com.docker.compose.network": key},
        "IPAM": {"Config": []},
    }


def test_networks_are_the_stacks_own_without_the_gateways(engine):
    engine.answers["/networks"] = [
        row("front", "shop-t1"), row("parity-edge", "shop-t1"), row("front", "shop"),
    ]  # fmt: skip
    assert networks(Scene("shop-t1")) == {"front": "shop-t1_front"}


def test_a_network_is_asked_of_the_engine_only_when_it_must_be():
    assert StackNetwork(Scene("shop"), "shop_front").name == "shop_front"
