"""An image's config from a registry: through an index, for one platform."""

import json

import pytest

from parity.errors import DamageError, RegistryError, StateError
from parity.state import oci_image
from parity.state.oci_image import image_config

CONFIG = {"os": "linux", "architecture": "amd64", "config": {"User": "app"}}


def manifest(digest):
    return {"schemaVersion": 2, "config": {"digest": digest, "size": 2}, "layers": []}


def row(digest, architecture, variant=""):
    told = {
        "os": "linux",
        "architecture": architecture,
        **({"variant": variant} if variant else {}),
    }
    return {"digest": digest, "platform": told}


def digest(letter):
    return f"sha256:{letter * 64}"


class Registry:
    manifests: dict
    blobs: dict
    opened: list

    def __init__(self, reference, login, uploads):
        self.reference = reference
        self.opened.append(self)
        self.closed = False

    def manifest(self):
        return self.manifests[self.reference.at]

    def small(self, blob):
        return self.blobs[blob.digest]

    def close(self):
        self.closed = True


@pytest.fixture
def registry(monkeypatch):
    Registry.manifests, Registry.blobs, Registry.opened = {}, {}, []
    monkeypatch.setattr(oci_image, "Registry", Registry)
    monkeypatch.setattr(oci_image, "login_of", lambda client, name: None)
    yield Registry
    assert all(one.closed for one in Registry.opened)


def put(registry, at, tree):
    registry.manifests[at] = json.dumps(tree).encode()


def test_of_one_manifest(registry):
    put(registry, "1", manifest(digest("c")))
    registry.blobs[digest("c")] = json.dumps(CONFIG).encode()
    assert image_config(None, "shop.test/app:1", "linux/amd64") == CONFIG


def test_without_a_tag_it_is_latest(registry):
    put(registry, "latest", manifest(digest("c")))
    registry.blobs[digest("c")] = json.dumps(CONFIG).encode()
    assert image_config(None, "shop.test/app", "linux/amd64") == CONFIG


@pytest.mark.parametrize(
    ("platform", "wanted"),
    [("linux/amd64", "a"), ("linux/arm64", "b"), ("linux/arm64/v8", "b"), ("linux/arm/v6", "d")],
)
def test_of_an_index_the_platform_is_chosen(registry, platform, wanted):
    rows = [row(digest("a"), "amd64"), row(digest("b"), "arm64", "v8"), row(digest("e"), "arm", "v7"),
            row(digest("d"), "arm", "v6")]  # fmt: skip
    put(registry, "1", {"schemaVersion": 2, "manifests": rows})
    for letter in "abde":
        put(registry, digest(letter), manifest(digest(letter)))
        registry.blobs[digest(letter)] = json.dumps({"of": letter}).encode()
    assert image_config(None, "shop.test/app:1", platform) == {"of": wanted}


def test_a_platform_that_is_not_there_is_told_with_those_that_are(registry):
    put(registry, "1", {"manifests": [row(digest("a"), "amd64"), row(digest("b"), "arm64", "v8")]})
    with pytest.raises(
        RegistryError, match=r"there for linux/amd64, linux/arm64/v8, not for linux/s390x"
    ):
        image_config(None, "shop.test/app:1", "linux/s390x")


@pytest.mark.parametrize("data", [b"", b"<html>", b"[]", b'"x"', b"{}"])
def test_an_answer_that_is_no_manifest_is_damage(registry, data):
    registry.manifests["1"] = data
    with pytest.raises(DamageError, match=r"shop.test/app:1"):
        image_config(None, "shop.test/app:1", "linux/amd64")


def test_what_is_no_reference_is_told(registry):
    with pytest.raises(StateError, match="not a reference"):
        image_config(None, "shop.test/APP:1", "linux/amd64")
