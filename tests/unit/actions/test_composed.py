"""Production, development and staging among Compose files."""

import pytest

from parity.actions.composed import choose, developers, is_named, production_files, swarm
from parity.actions.orchestrated import Found

ALONE = "services: {web: {image: a}}\n"
LACKING = "services: {web: {image: a, secrets: [password]}}\n"
SECRETS = "secrets: {password: {file: password.txt}}\n"
PATCH = "services: {web: {restart: always}}\n"


def found_in(folder, files):
    root = folder / "repository"
    found = []
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
        variant = (root / name).name.removeprefix("docker-").removeprefix("compose").rpartition(".")
        found.append(Found("compose", root / name, variant[0].strip(".-")))
    return root, found


def names(root, files):
    return [str(file.relative_to(root)) for file in files]


@pytest.mark.parametrize(
    ("files", "environments"),
    [
        ({"compose.yaml": ALONE}, {"prod": ["compose.yaml"]}),
        ({"compose.yaml": ALONE, "compose.prod.yaml": PATCH},
         {"prod": ["compose.yaml", "compose.prod.yaml"], "dev": ["compose.yaml"]}),
        ({"docker-compose.yml": ALONE, "docker-compose.production.yml": PATCH,
          "docker-compose.override.yml": ALONE},
         {"prod": ["docker-compose.yml", "docker-compose.production.yml"],
          "dev": ["docker-compose.yml", "docker-compose.override.yml"]}),
        ({"compose.yaml": ALONE, "compose.prod.yaml": ALONE},
         {"prod": ["compose.prod.yaml"], "dev": ["compose.yaml"]}),
        ({"compose.yaml": ALONE, "compose.dev.yaml": PATCH},
         {"prod": ["compose.yaml"], "dev": ["compose.yaml", "compose.dev.yaml"]}),
        ({"compose.yaml": ALONE, "compose.local.yaml": ALONE},
         {"prod": ["compose.yaml"], "dev": ["compose.local.yaml"]}),
        ({"compose.yaml": ALONE, "deploy/compose.yaml": ALONE},
         {"prod": ["deploy/compose.yaml"], "dev": ["compose.yaml"]}),
        ({"compose.yaml": ALONE, "compose.staging.yaml": PATCH, "compose.prod.yaml": PATCH},
         {"prod": ["compose.yaml", "compose.prod.yaml"],
          "staging": ["compose.yaml", "compose.staging.yaml"], "dev": ["compose.yaml"]}),
        ({"compose.yaml": ALONE, "compose.test.yaml": PATCH}, {"prod": ["compose.yaml"]}),
        ({"compose.dev.yaml": ALONE}, {"prod": ["compose.dev.yaml"]}),
        ({"compose.yaml": LACKING, "compose.override.yaml": SECRETS},
         {"prod": ["compose.yaml", "compose.override.yaml"]}),
        ({"compose.yaml": LACKING, "compose.override.yaml": PATCH},
         {"prod": ["compose.yaml"], "dev": ["compose.yaml", "compose.override.yaml"]}),
        ({"compose.yaml": ALONE, "devcontainer-example/compose.yaml": ALONE},
         {"prod": ["compose.yaml"], "dev": ["devcontainer-example/compose.yaml"]}),
        ({}, {}),
    ],
)  # fmt: skip
def test_environments_are_found(tmp_path, files, environments):
    root, found = found_in(tmp_path, files)
    assert {one.name: names(root, one.files) for one in choose(found)} == environments


def test_a_reason_is_given(tmp_path):
    _, found = found_in(tmp_path, {"compose.yaml": ALONE, "compose.prod.yaml": PATCH})
    prod, dev = choose(found)
    assert "merge order" in prod.why
    assert "docker compose up" in dev.why


def test_what_developers_run_is_the_base_with_its_override(tmp_path):
    files = {"compose.yaml": ALONE, "compose.override.yaml": PATCH, "b/compose.yaml": ALONE}
    root, found = found_in(tmp_path, files)
    assert names(root, developers(found).files) == ["compose.yaml", "compose.override.yaml"]
    assert developers([]) is None
    only = found_in(tmp_path / "other", {"compose.ci.yaml": ALONE})[1]
    assert developers(only).name == "dev"


def test_only_a_name_says_that_a_file_is_production_s(tmp_path):
    _, found = found_in(tmp_path, {"compose.yaml": ALONE, "compose.dev.yaml": PATCH})
    assert not is_named(found)
    assert is_named(found_in(tmp_path, {"docker-compose.prod.yml": PATCH})[1])


def test_without_compose_files_there_is_nothing_to_choose():
    assert production_files([]) == ()


def test_stack_files_are_a_swarm_s(tmp_path):
    root, found = found_in(tmp_path, {"docker-stack.yml": ALONE, "docker-stack.prod.yml": PATCH})
    found = [Found("swarm", f.file, "prod" if "prod" in f.file.name else "") for f in found]
    (one,) = swarm(found)
    assert (one.source, names(root, one.files)) == (
        "swarm",
        ["docker-stack.yml", "docker-stack.prod.yml"],
    )
    assert swarm([]) == []
