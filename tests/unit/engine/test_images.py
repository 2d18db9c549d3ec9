"""Pulling, and the gateway's image."""

import tarfile

import pytest

from parity.engine import images
from parity.errors import EngineError, RegistryError


@pytest.fixture
def told():
    return []


def test_the_gateways_tag_changes_with_its_base_and_stays_otherwise():
    assert images.gateway_tag("a") == images.gateway_tag("a")
    assert images.gateway_tag("a") != images.gateway_tag("b")
    assert images.gateway_tag("a").startswith("parity-gateway:")


def test_the_build_context_holds_the_program_and_no_caches():
    with tarfile.open(fileobj=images._archive()) as archive:
        names = archive.getnames()
    assert "Dockerfile" in names
    assert any(name.endswith("__main__.py") for name in names)
    assert not any("__pycache__" in name for name in names)


def test_a_gateway_that_is_there_is_not_built(client, told):
    one = client(inspect_image={})
    images.ensure_gateway(one, "t", "base", told.append)
    assert [call[0] for call in one.calls] == ["inspect_image"]
    assert told == []


def test_what_is_built_is_marked_as_ours(client, told):
    from docker.errors import ImageNotFound

    asked = []
    one = client(
        inspect_image=ImageNotFound("no"), build=lambda **options: iter(asked.append(options) or ())
    )
    images.ensure_gateway(one, "t", "base", told.append)
    assert asked[0]["labels"] == {"dev.parity.image": "gateway"}


def test_a_failed_build_shows_its_last_lines(client, told):
    from docker.errors import ImageNotFound

    rows = [{"stream": "Step 1/2 : FROM base"}, {"stream": "oops\n"}, {"error": "exit code 1"}]
    one = client(inspect_image=ImageNotFound("no"), build=lambda **_: iter(rows))
    with pytest.raises(EngineError, match="cannot be built on base") as caught:
        images.ensure_gateway(one, "t", "base", told.append)
    assert "oops" in caught.value.detail
    assert "gateway-base" in caught.value.next_step


def test_pulling_tells_how_far_it_is(client, told):
    rows = [
        {
            "id": "a",
            "status": "Downloading",
            "progressDetail": {"current": n * 10**6, "total": 4 * 10**6},
        }
        for n in range(5)
    ]
    images.pull(
        client(pull=lambda *_, **__: iter([{"status": "x"}, *rows])), "r/a@sha256:1", told.append
    )
    assert told[-1].text == "pulled"
    assert any(step.text == "2 of 4 MB" for step in told)


def test_a_services_platform_is_pulled(client, told):
    asked = []
    one = client(pull=lambda *_, **given: asked.append(given["platform"]) or iter([]))
    images.pull(one, "r/a@sha256:1", told.append)
    images.pull(one, "r/a@sha256:1", told.append, platform="linux/arm64")
    assert asked == [None, "linux/arm64"]


@pytest.mark.parametrize(
    ("found", "platform", "is_present"),
    [
        ("amd64", "", True),
        ("amd64", "linux/amd64", True),
        ("amd64", "linux", True),
        ("amd64", "x86_64", True),
        ("arm64", "linux/arm64/v8", True),
        ("", "linux/arm64", True),
        ("amd64", "linux/arm64", False),
        ("amd64", "arm64", False),
    ],
)
def test_an_image_for_another_platform_is_not_the_one(client, found, platform, is_present):
    one = client(inspect_image={"Architecture": found})
    assert images.present(one, "a", platform) is is_present
    if is_present and platform:
        images.check_architecture(one, "a", "s390x", platform)
    elif platform:
        with pytest.raises(EngineError, match=f"built for amd64, .* `platform: {platform}`"):
            images.check_architecture(one, "a", "amd64", platform)


@pytest.mark.parametrize(
    ("reason", "hint"),
    [
        ("unauthorized", "docker login r.example"),
        ("manifest unknown", "parity lock"),
        ("no space left on device", "prune"),
        ("connection reset", "network"),
    ],
)
def test_a_failed_pull_says_what_to_do(client, told, reason, hint):
    one = client(pull=lambda *_, **__: iter([{"error": reason}]))
    with pytest.raises(RegistryError, match=reason) as caught:
        images.pull(one, "r.example/a@sha256:1", told.append)
    assert hint in caught.value.next_step


@pytest.mark.parametrize(
    ("found", "engine", "fits"),
    [
        ("amd64", "x86_64", True),
        ("arm64", "aarch64", True),
        ("", "amd64", True),
        ("arm64", "amd64", False),
    ],
)
def test_an_image_for_another_processor_is_refused(client, found, engine, fits):
    one = client(inspect_image={"Architecture": found})
    if fits:
        images.check_architecture(one, "a", engine)
    else:
        with pytest.raises(EngineError, match="built for arm64"):
            images.check_architecture(one, "a", engine)
