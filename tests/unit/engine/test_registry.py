"""What a tag stands for."""

from types import SimpleNamespace

import pytest

from parity.engine.registry import resolve
from parity.errors import RegistryError, UsageError
from parity.model.lock import Pin
from parity.model.progress import silent

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
    pin = resolve(client(inspect_distribution=answer), "a:1", silent, fallback=False)
    assert pin == Pin(DIGEST, ("linux/amd64", "linux/arm/v7"))


@pytest.mark.parametrize(
    ("image", "reason", "error", "hint"),
    [
        ("r.example/a:1", "manifest unknown", UsageError, "tag right"),
        ("acme/tls-proxy:1", "manifest for acme/tls-proxy:1 not found", UsageError, "tag right"),
        ("tls-proxy:1", "manifest for tls-proxy:1 not found", UsageError, "tag right"),
        ("r.example/a:1", "unauthorized: x", RegistryError, "docker login r.example"),
        ("acme/a:1", "pull access denied", RegistryError, "`docker login`, then"),
        ("r.example/a:1", "dial tcp: connection refused", RegistryError, "reachable"),
        ("acme/a:503", "manifest for acme/a:503 not found", UsageError, "tag right"),
        (
            "a:429",
            "Get https://r.example/v2/a/manifests/429: name unknown",
            UsageError,
            "tag right",
        ),
        ("a:1", "toomanyrequests: You have reached your limit", RegistryError, "login`, or wait"),
        ("r.example/a:1", "unexpected status: 429", RegistryError, "login r.example`, or wait"),
        (
            "a:1",
            "http: server gave HTTP response to HTTPS client",
            RegistryError,
            "docker pull a:1",
        ),
    ],
)
def test_a_registry_that_says_no_is_an_error_even_if_the_image_is_here(
    client, api_error, image, reason, error, hint
):
    one = client(inspect_distribution=api_error(reason))
    local(one, **({} if "dial" in reason else {"RepoDigests": []}))
    with pytest.raises(error) as caught:
        resolve(one, image, silent, fallback=True)
    assert reason in caught.value.message
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
    told = []
    assert resolve(one, image, told.append, fallback=True) == pin
    assert [step.state for step in told] == ["warning"]
    assert "no registry answered" in told[0].text


@pytest.mark.parametrize(
    "reason", ["dial tcp: no such host", "503 Service Unavailable", "received status 502"]
)
def test_what_the_engine_has_is_no_answer_where_the_registry_itself_is_asked(
    client, api_error, reason
):
    one = local(
        client(inspect_distribution=api_error(reason)), RepoDigests=[f"r.example/a@{DIGEST}"]
    )
    with pytest.raises(RegistryError, match="no registry answers"):
        resolve(one, "r.example/a:1", silent, fallback=False)
    assert resolve(one, "r.example/a:1", silent, fallback=True).digest == DIGEST
