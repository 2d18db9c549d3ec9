"""References as docker writes them."""

import pytest

from parity.errors import StateError
from parity.state.oci_names import is_loopback, parse

D = f"sha256:{'a' * 64}"


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag", "digest"),
    [
        ("ghcr.io/acme/states:seeded", "ghcr.io", "acme/states", "seeded", ""),
        ("ghcr.io/acme/states", "ghcr.io", "acme/states", "", ""),
        (f"ghcr.io/acme/states@{D}", "ghcr.io", "acme/states", "", D),
        (f"ghcr.io/acme/states:seeded@{D}", "ghcr.io", "acme/states", "seeded", D),
        ("localhost/a", "localhost", "a", "", ""),
        ("localhost:5000/a:b", "localhost:5000", "a", "b", ""),
        ("127.0.0.1:5055/a/b_c/d-e:1.2", "127.0.0.1:5055", "a/b_c/d-e", "1.2", ""),
        ("[::1]:5000/a:b", "[::1]:5000", "a", "b", ""),
        ("acme/states:x", "docker.io", "acme/states", "x", ""),
        ("states:x", "docker.io", "library/states", "x", ""),
    ],
)
def test_references_are_read(text, registry, repository, tag, digest):
    found = parse(text)
    assert (found.registry, found.repository) == (registry, repository)
    assert (found.tag, found.digest, found.at) == (tag, digest, digest or tag)


@pytest.mark.parametrize(
    "text",
    ["", ":x", "/", "ghcr.io/", "ghcr.io/Acme/states", "ghcr.io/a b", "ghcr.io/../x", "ghcr.io/a:",
     "ghcr.io/a:b c", "ghcr.io/a@sha256:abc", "http://ghcr.io/a", "ghcr.io:x/a", "a@", "gh cr.io/a"],
)  # fmt: skip
def test_what_is_no_reference_is_told(text):
    if text == "ghcr.io/a:":
        assert parse(text).tag == ""
        return
    with pytest.raises(StateError, match="not a reference"):
        parse(text)


def test_the_hub_answers_elsewhere():
    assert parse("acme/states:x").host == "registry-1.docker.io"
    assert str(parse("acme/states:x")) == "docker.io/acme/states:x"


@pytest.mark.parametrize(
    "registry", ["localhost", "localhost:5000", "127.0.0.1:1", "127.9.9.9", "[::1]:5000"]
)
def test_this_machine(registry):
    assert is_loopback(registry)


@pytest.mark.parametrize(
    "registry", ["ghcr.io", "localhost.example.com", "10.0.0.1:5000", "128.0.0.1"]
)
def test_other_machines(registry):
    assert not is_loopback(registry)
