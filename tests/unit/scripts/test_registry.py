"""The registry stand-in's settings."""

import base64

import pytest

from scripts.lib.errors import SetupError
from scripts.lib.registry import Registry, is_logged_in, port

REGISTRY = Registry("127.0.0.1:5055", "secret-word")


def test_the_port() -> None:
    assert port({}) == 5055
    assert port({"PARITY_DEMO_REGISTRY_PORT": "6000"}) == 6000


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "50 55"])
def test_no_port(text) -> None:
    with pytest.raises(SetupError) as caught:
        port({"PARITY_DEMO_REGISTRY_PORT": text})
    assert caught.value.exit_code == 2


def auth(password):
    encoded = base64.b64encode(f"deploy:{password}".encode()).decode()
    return {"auths": {REGISTRY.address: {"auth": encoded}}}


def test_a_login_is_not_repeated() -> None:
    assert is_logged_in(auth("secret-word"), REGISTRY)


@pytest.mark.parametrize(
    "config",
    [{}, [], {"auths": {}}, {"auths": {REGISTRY.address: {}}}, auth("another")],
)
def test_anything_else_asks_for_one(config) -> None:
    assert not is_logged_in(config, REGISTRY)


def test_the_password_is_not_shown() -> None:
    assert "secret-word" not in repr(REGISTRY)
