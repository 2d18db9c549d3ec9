"""A first parity.toml from what lies in a repository."""

import pytest

from parity.actions.diff import diff
from parity.actions.diff_request import DiffRequest
from parity.actions.init import init
from parity.config.load import load
from parity.errors import UsageError
from parity.paths import ProjectPaths

ALONE = "services: {web: {image: a}}\n"
PATCH = "services: {web: {restart: always}}\n"


def written(folder, files):
    root = folder / "repository"  # the test's own folder is named after production
    root.mkdir()
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    result = init(root)
    project = load(ProjectPaths(root))
    return result, project.environments["prod"], project


@pytest.mark.parametrize(
    ("files", "used"),
    [
        ({"compose.yaml": ALONE}, ["compose.yaml"]),
        (
            {"docker-compose.yml": ALONE, "docker-compose.override.yml": PATCH},
            ["docker-compose.yml"],
        ),
        (
            {"compose.yaml": ALONE, "compose.prod.yaml": PATCH},
            ["compose.yaml", "compose.prod.yaml"],
        ),
        ({"compose.yaml": ALONE, "compose.prod.yaml": ALONE}, ["compose.prod.yaml"]),
        ({"compose.yaml": ALONE, "compose.dev.yaml": PATCH}, ["compose.yaml"]),
        ({"compose.yaml": ALONE, "deploy/compose.yaml": ALONE}, ["deploy/compose.yaml"]),
        ({"node_modules/x/compose.yaml": ALONE}, []),
        ({"composer.yaml": ALONE, "my-compose.yaml": ALONE}, []),
        ({}, []),
    ],
)
def test_productions_files_are_found(tmp_path, files, used):
    _, prod, _ = written(tmp_path, files)
    assert list(prod.files) == used


def test_what_else_was_found_is_mentioned(tmp_path):
    files = {
        "compose.yaml": ALONE,
        "compose.prod.yaml": PATCH,
        "k8s/web.yaml": "apiVersion: v1\nkind: Deployment\n",
        "task.json": '{"containerDefinitions": []}',
        ".devcontainer/devcontainer.json": "{}",
        "values.yaml": "kind: of\n",
    }
    result, _, _ = written(tmp_path, files)
    assert {found.kind for found in result.found} == {
        "compose",
        "kubernetes",
        "ecs",
        "devcontainer",
    }
    assert "k8s/web.yaml" in result.file.read_text()


DEPLOYMENT = "apiVersion: apps/v1\nkind: Deployment\n"


def test_a_production_of_manifests_is_named_with_its_source(tmp_path):
    files = {"k8s/web.yaml": DEPLOYMENT, "k8s/db.yaml": DEPLOYMENT, ".env.production": "A=1"}
    result, prod, _ = written(tmp_path, files)
    assert (prod.source, prod.files, prod.env_files) == ("kubernetes", ("k8s",), ())
    assert {file.name for file in result.used} == {"web.yaml", "db.yaml"}


def test_a_chart_s_templates_are_no_manifests(tmp_path):
    result, prod, _ = written(tmp_path, {"chart/web.yaml": DEPLOYMENT + "name: {{ .name }}\n"})
    assert (result.found, prod.files) == ((), ())


def test_a_task_definition_is_production_where_nothing_else_is(tmp_path):
    _, prod, project = written(tmp_path, {"ecs/task-dev.json": TASK, "ecs/task-prod.json": TASK})
    assert (prod.source, prod.files) == ("ecs", ("ecs/task-prod.json",))
    assert project.environments["dev"].files == ("ecs/task-dev.json",)


CONFIG = "apiVersion: v1\nkind: ConfigMap\n"
TASK = '{"containerDefinitions": []}'


def test_compose_beside_a_cluster_is_development(tmp_path):
    files = {"compose.yaml": ALONE, "k8s/web.yaml": DEPLOYMENT, "k8s/config.yaml": CONFIG}
    result, prod, project = written(tmp_path, files)
    assert (prod.source, prod.files) == ("kubernetes", ("k8s",))
    assert project.environments["dev"].files == ("compose.yaml",)
    assert project.check.compare == ("dev", "prod")
    assert result.others == []


def test_compose_beside_task_definitions_is_development(tmp_path):
    _, prod, project = written(tmp_path, {"compose.yaml": ALONE, "ecs/web.json": TASK})
    assert (prod.source, prod.files) == ("ecs", ("ecs/web.json",))
    assert project.environments["dev"].files == ("compose.yaml",)


def test_a_compose_file_named_for_production_is_production(tmp_path):
    files = {"compose.yaml": ALONE, "compose.prod.yaml": PATCH, "k8s/web.yaml": DEPLOYMENT}
    result, prod, project = written(tmp_path, files)
    assert prod.files == ("compose.yaml", "compose.prod.yaml")
    assert project.environments["dev"].files == ("compose.yaml",)
    assert '# files = ["k8s"]' in result.file.read_text()


def test_overlays_beside_compose(tmp_path):
    files = {
        "compose.yaml": ALONE,
        "deploy/base/kustomization.yaml": "resources: [web.yaml]\n",
        "deploy/base/web.yaml": DEPLOYMENT,
        "deploy/overlays/prod/kustomization.yaml": "resources: [../../base]\n",
        "deploy/overlays/dev/kustomization.yaml": "resources: [../../base]\n",
    }
    result, prod, project = written(tmp_path, files)
    assert prod.files == ("deploy/overlays/prod",)
    assert result.others == []  # the base is built upon
    found = {name: table.source for name, table in project.environments.items()}
    assert found == {"prod": "kubernetes", "dev": "compose", "dev-cluster": "kubernetes"}


def test_files_of_tools_and_of_configuration_alone_are_no_production(tmp_path):
    files = {
        "catalog-info.yaml": "apiVersion: backstage.io/v1alpha1\nkind: Component\n",
        "skaffold.yaml": "apiVersion: skaffold/v2\nkind: Config\n",
        "k8s/config.yaml": CONFIG,
    }
    result, prod, _ = written(tmp_path, files)
    assert (prod.files, result.chosen) == ((), ())


def test_a_knative_service_is_of_cloud_run(tmp_path):
    text = "apiVersion: serving.knative.dev/v1\nkind: Service\n"
    _, prod, _ = written(tmp_path, {"service.yaml": text})
    assert (prod.source, prod.files) == ("cloudrun", ("service.yaml",))


def test_the_two_can_be_compared_at_once(tmp_path):
    files = {
        "compose.yaml": ALONE,
        "ecs/web.json": '{"family": "web", "containerDefinitions": [{"name": "web", "image": "a:2"}]}',
    }
    _, _, project = written(tmp_path, files)
    paths = ProjectPaths(tmp_path / "repository")
    report = diff(paths, project, DiffRequest(), lambda step: None)
    assert (report.left.name, report.right.name, report.pairs) == ("dev", "prod", 1)


def test_env_files_and_required_variables_are_taken_over(tmp_path):
    text = 'services: {web: {image: "a:${TAG:?}", command: "${DB_PASSWORD:?x} ${DB_PASSWORD?y} ${OTHER:-z}"}}\n'
    files = {"compose.yaml": text, ".env.production": "A=1", "prod.env": "B=1", ".env": "C=1"}
    _, prod, project = written(tmp_path, files)
    assert set(prod.env_files) == {".env.production", "prod.env"}
    assert "DB_PASSWORD" in project.secrets
    assert "OTHER" not in project.secrets


def test_an_existing_file_is_never_overwritten(tmp_path):
    (tmp_path / "parity.toml").write_text("mine")
    with pytest.raises(UsageError, match="not overwritten"):
        init(tmp_path)
    assert (tmp_path / "parity.toml").read_text() == "mine"
    with pytest.raises(UsageError, match="no such folder"):
        init(tmp_path / "nowhere")


def test_files_that_are_no_text_do_not_break_the_search(tmp_path):
    (tmp_path / "compose.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe\x00")
    assert [found.kind for found in init(tmp_path).found] == ["compose"]
