"""Tags taken apart: versions, variants, names that move."""

import pytest

from parity.diff.view import Service
from parity.rules import image_tags


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("16", (16,)),
        ("16.2-alpine3.19", (16, 2)),
        ("v1.27.0", (1, 27, 0)),
        ("8.0.36-debian", (8, 0, 36)),
        ("7.2rc1", (7, 2)),
        ("3-management", (3,)),
        ("latest", ()),
        ("2024-03-01", ()),
        ("20240301", ()),
        ("3f2a9c1", ()),
        ("main-41", ()),
        ("", ()),
    ],
)
def test_version(text, version):
    assert image_tags.read(text).version == version


@pytest.mark.parametrize(
    ("text", "variant", "musl"),
    [
        ("16-alpine", {"alpine"}, True),
        ("3.12-slim-bookworm", {"slim", "bookworm"}, False),
        ("alpine3.19", {"alpine3.19"}, True),
        ("alpinists", set(), False),
        ("16", set(), False),
    ],
)
def test_variant(text, variant, musl):
    tag = image_tags.read(text)
    assert (set(tag.variant), tag.musl) == (variant, musl)


@pytest.mark.parametrize(("text", "moves"), [("latest", True), ("MAIN", True), ("1.2", False)])
def test_moving(text, moves):
    assert image_tags.read(text).moves is moves


@pytest.mark.parametrize(
    ("kind", "version", "wanted"),
    [
        ("postgres", (16, 2), (16,)),
        ("postgres", (9, 6, 1), (9, 6)),
        ("mysql", (8, 4, 1), (8, 4)),
        ("mysql", (9, 1), (9,)),
        ("python", (3, 12, 1), (3, 12)),
        ("", (2, 1), (2,)),
        ("", (), ()),
    ],
)
def test_release(kind, version, wanted):
    assert image_tags.release(kind, version) == wanted


def service(**settings):
    built = {"build": {}} if "build__context" in settings else {}
    return Service("web", {tuple(key.split("__")): v for key, v in settings.items()}, built)


def test_one_image_from_two_registries_is_the_same_unless_built():
    one = service(image__repository="postgres", image__tag="16")
    two = service(image__repository="registry.example/mirror/postgres", image__tag="16")
    assert image_tags.same_image(one, two)
    built = service(image__repository="postgres", build__context=".")
    assert not image_tags.same_image(one, built)
    assert not image_tags.same_image(service(), service())


def test_kind_is_a_technology_or_a_language():
    assert image_tags.kind_of(service(image__repository="bitnami/postgresql")) == "postgres"
    assert image_tags.kind_of(service(image__repository="docker.io/library/python")) == "python"
    assert image_tags.kind_of(service(image__repository="shop/python-app")) == ""
    assert image_tags.tag_of(service()) is None
