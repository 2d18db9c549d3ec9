"""What can be seen in Compose files without Docker Compose."""

import pytest

from parity.actions.init_compose import builds, is_whole, merged, profiles, stands_alone


@pytest.fixture
def files(tmp_path):
    def write(*texts):
        made = [tmp_path / f"{number}.yaml" for number, _ in enumerate(texts)]
        for file, text in zip(made, texts, strict=True):
            file.write_text(text)
        return made

    return write


@pytest.mark.parametrize(
    ("service", "built"),
    [
        ("build: .", True),
        ("{build: ., image: 'shop_production_web'}", True),
        ("{build: ., image: 'web:${TAG:-1}'}", True),
        ("{build: ., image: 'acme/web'}", False),
        ("{build: ., image: 'registry.example/web:1'}", False),
        ("{build: ., image: '${REGISTRY:-acme}/web'}", False),
        ("{build: ., image: '${IMAGE}'}", False),
        ("{build: ., image: '${IMAGE:-web}'}", True),
        ("{build: ., profiles: [tools]}", False),
        ("{image: postgres}", False),
    ],
)
def test_what_no_registry_has_is_built(files, service, built):
    text = service if service.startswith("{") else "{" + service + "}"
    assert builds(files(f"services: {{a: {text}}}")) == (("a",) if built else ())


def test_a_later_file_may_name_the_image(files):
    first = "services: {a: {build: .}, b: &b {build: .}, c: {<<: *b, profiles: [x]}}"
    assert builds(files(first, "services: {a: {image: acme/a}}"), ["x"]) == ("b", "c")


@pytest.mark.parametrize(
    ("services", "environment", "active"),
    [
        ("{a: {}}", "prod", ()),
        ("{a: {}, b: {profiles: [x]}}", "prod", ()),
        ("{a: {profiles: [x]}, b: {profiles: [x, y]}}", "dev", ("x",)),
        ("{a: {profiles: [x]}, b: {profiles: [x, default]}}", "dev", ("default",)),
        ("{a: {profiles: [production]}, b: {profiles: [dev]}}", "prod", ("production",)),
        ("{a: {profiles: [production]}, b: {profiles: [dev]}}", "dev", ("dev",)),
        ("{a: {profiles: [none]}, b: {profiles: [none]}, c: {profiles: [z]}}", "dev", ("z",)),
        ("{a: {profiles: [none]}}", "dev", ("none",)),
        ("{}", "dev", ()),
    ],
)
def test_a_profile_is_active_only_where_nothing_runs_without(files, services, environment, active):
    assert profiles(files(f"services: {services}"), environment) == active


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("services: {a: {image: x}}", True),
        ("services: {a: {restart: always}}", False),
        ("services: {a: {extends: {service: b}}}", True),
        ("services: {a: {image: x, secrets: [s]}}", False),
        ("{services: {a: {image: x, secrets: [{source: s}]}}, secrets: {s: {file: f}}}", True),
        ("{include: [b.yaml], services: {a: {restart: always}}}", True),
    ],
)
def test_a_definition_is_whole_without_others(files, text, whole):
    assert is_whole(files(text)) is whole


def test_tags_of_merging_are_no_obstacle(files):
    text = (
        "services: {a: {image: !reset null, ports: !override [80], build: !override {context: .}}}"
    )
    assert merged(files(text)).services["a"]["build"] is True
    assert stands_alone(files(text)[0])


@pytest.mark.parametrize("text", ["[", "services: 3", "services: {a: 3}", "a", "", "? [a]\n: b\n"])
def test_what_is_no_definition_counts_for_nothing(files, text, tmp_path):
    assert builds(files(text)) == ()
    assert not stands_alone(files(text)[0])
    assert merged([tmp_path / "missing"]).services == {}
