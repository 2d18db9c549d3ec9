"""What a tag stands for."""

from types import SimpleNamespace

import pytest

from parity.engine.registry import resolve
from parity.errors import RegistryError, UsageError
from parity.model.lock import Pin

DIGEST = "sha256:" + "ab" * 32


def local(client, **attrs):
    from docker.errors import ImageNotFound

    def get(_):
        if not attrs:
            raise ImageNotFound("no")
        return SimpleNamespace(
            id="sha256:id", attrs={"Os": "linux", "Architecture": "amd64", **attrs}
        )

    client.images = SimpleNamespace(get=get)
    return client


def test_the_registrys_answer_is_the_pin(client):
    platforms = [
        {"os": "linux", "architecture": "arm", "variant": "v7"},
        {"os": "linux", "architecture": "amd64"},
        {"os": "linux", "architecture": "amd64"},
    ]
    answer = {"Descriptor": {"digest": DIGEST}, "Platforms": platforms}
    pin = resolve(client(inspect_distribution=answer), "a:1")
    assert pin == Pin(DIGEST, ("linux/amd64", "linux/arm/v7"))


@pytest.mark.parametrize(
    ("image", "reason", "error", "hint"),
    [
        ("r.example/a:1", "manifest unknown", UsageError, "tag right"),
        ("acme/tls-proxy:1", "manifest for acme/tls-proxy:1 not found", UsageError, "tag right"),
        ("tls-proxy:1", "manifest for tls-proxy:1 not found", UsageError, "tag right"),
        ("r.example/a:1", "unauthorized: x", RegistryError, "docker login r.example"),
        ("acme/a:1", "pull access denied", RegistryError, "docker login, then"),
        ("r.example/a:1", "dial tcp: connection refused", RegistryError, "reachable"),
    ],
)
def test_a_registry_that_says_no_is_an_error_even_if_the_image_is_here(
    client, api_error, image, reason, error, hint
):
    one = client(inspect_distribution=api_error(reason))
    local(one, **({} if "dial" in reason else {"RepoDigests": []}))
    with pytest.raises(error) as caught:
        resolve(one, image)
    assert hint in caught.value.next_step
    assert image in caught.value.message


@pytest.mark.parametrize(
    ("image", "digests", "pin"),
    [
        ("r.example:5000/a:1", [f"r.example:5000/a@{DIGEST}"], Pin(DIGEST, ("linux/amd64",))),
        ("r.example:5000/a", [f"r.example:5000/a@{DIGEST}"], Pin(DIGEST, ("linux/amd64",))),
        ("r.example/a:1", ["other/a@sha256:no"], Pin("sha256:id", ("linux/amd64",), local=True)),
        ("a:1", None, Pin("sha256:id", ("linux/amd64",), local=True)),
    ],
)
def test_without_a_registry_the_engines_own_image_is_taken_and_marked(
    client, api_error, image, digests, pin
):
    one = local(
        client(inspect_distribution=api_error("dial tcp: no such host")), RepoDigests=digests
    )
    assert resolve(one, image) == pin
