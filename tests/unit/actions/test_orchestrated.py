"""Production, and what is beside it, among manifests and task definitions."""

import pytest

from parity.actions.orchestrated import Definition, Found, choose, role, unused

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "repository"  # the test's own folder is named after production
    folder.mkdir()
    return folder


def found_in(root, names, kind="kubernetes"):
    """Files that exist: configuration runs nothing, `+ x` after a name is the text."""
    found = []
    for entry in names:
        name, _, text = entry.partition(" + ")
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
        found.append(Found(kind, root / name, runs="config" not in name))
    return found


def chosen(root, names, kind="kubernetes"):
    found = choose(found_in(root, names, kind), root)
    return {one.name: [str(file.relative_to(root)) for file in one.files] for one in found}


@pytest.mark.parametrize(
    ("manifests", "environments"),
    [
        (["k8s/web.yaml", "k8s/config.yaml"], {"prod": ["k8s"]}),
        (["k8s/web/a.yaml", "k8s/db/a.yaml", "k8s/config.yaml"], {"prod": ["k8s"]}),
        (["deploy/prod/web.yaml", "deploy/dev/web.yaml"],
         {"prod": ["deploy/prod"], "dev": ["deploy/dev"]}),
        (["deploy/dev/web.yaml", "deploy/web.yaml"],
         {"prod": ["deploy/web.yaml"], "dev": ["deploy/dev"]}),
        (["k8s/config-prod.yaml", "k8s/config-dev.yaml", "k8s/web.yaml"],
         {"prod": ["k8s/web.yaml", "k8s/config-prod.yaml"],
          "dev": ["k8s/web.yaml", "k8s/config-dev.yaml"]}),
        (["k8s/web.yaml", "examples/a/web.yaml", "examples/b/web.yaml"], {"prod": ["k8s"]}),
        (["k8s/dev/web.yaml"], {"prod": ["k8s/dev"]}),
        (["web.yaml", "db.yaml"], {"prod": ["web.yaml", "db.yaml"]}),
        (["config.yaml"], {}),
    ],
)  # fmt: skip
def test_manifests_are_taken_together(root, manifests, environments):
    assert chosen(root, manifests) == environments


def test_a_folder_that_holds_something_else_is_not_named_as_a_whole(root):
    (root / "k8s").mkdir()
    (root / "k8s/values.yaml").write_text("a: 1\n")
    assert chosen(root, ["k8s/web.yaml", "k8s/config.yaml"]) == {
        "prod": ["k8s/web.yaml", "k8s/config.yaml"]
    }


@pytest.mark.parametrize(
    ("kustomizations", "environments"),
    [
        (["k/base/kustomization.yaml", "k/overlays/dev/kustomization.yaml",
          "k/overlays/production/kustomization.yaml", "k/base/web.yaml"],
         {"prod": ["k/overlays/production"], "dev": ["k/overlays/dev"]}),
        (["k/base/kustomization.yaml", "k/overlays/eu/kustomization.yml"],
         {"prod": ["k/overlays/eu"]}),
        (["product/kustomization.yaml", "a/b/prod-eu/kustomization.yaml"],
         {"prod": ["a/b/prod-eu"]}),
        (["k/prod/Kustomization", "k/staging/Kustomization"],
         {"prod": ["k/prod"], "staging": ["k/staging"]}),
        (["app/kustomization.yaml", "eu/kustomization.yaml + resources: [../app]"],
         {"prod": ["eu"]}),
        (["a/prod/kustomization.yaml", "b/b/prod/kustomization.yaml", "b/b/prod/web.yaml"],
         {"prod": ["b/b/prod"]}),
        (["app/kustomization.yaml", "add/kustomization.yaml + kind: Component"],
         {"prod": ["app"]}),
        (["app/kustomization.yaml + resources: 3"], {"prod": ["app"]}),
        (["app/kustomization.yaml + [["], {"prod": ["app"]}),
    ],
)  # fmt: skip
def test_overlays_are_taken_by_their_names(root, kustomizations, environments):
    assert chosen(root, kustomizations) == environments


@pytest.mark.parametrize(
    ("names", "environments"),
    [
        # Nothing says that the overlay is production's, and a plain file does.
        (["k8s/kustomization.yaml + resources: [web.yaml]", "k8s/web.yaml", "release/all.yaml"],
         {"prod": ["release"], "dev": ["k8s"]}),
        # One service has overlays; most of the others have none.
        (["a/overlays/prod/kustomization.yaml + resources: [web.yaml]", "a/overlays/prod/web.yaml",
          "all/b.yaml", "all/c.yaml", "all/d.yaml"], {"prod": ["all"]}),
        # Two things with overlays: those of one belong together.
        (["a/prod/kustomization.yaml + resources: [web.yaml]", "a/prod/web.yaml",
          "b/c/prod/kustomization.yaml + resources: [web.yaml]", "b/c/prod/web.yaml",
          "b/c/dev/kustomization.yaml", "a/d/staging/kustomization.yaml + resources: [../../prod/web.yaml]"],
         {"prod": ["a/prod"], "staging": ["a/d/staging"]}),
        # A file or two beside overlays is an extra.
        (["a/overlays/prod/kustomization.yaml + resources: [web.yaml]", "a/overlays/prod/web.yaml",
          "all/b.yaml", "all/c.yaml"], {"prod": ["a/overlays/prod"]}),
    ],
)  # fmt: skip
def test_plain_files_beside_overlays(root, names, environments):
    assert chosen(root, names) == environments


@pytest.mark.parametrize(
    ("tasks", "environments"),
    [
        (["ecs/web.json", "ecs/worker.json"], {"prod": ["ecs/web.json", "ecs/worker.json"]}),
        (["task.dev.json", "ecs/live.json"], {"prod": ["ecs/live.json"], "dev": ["task.dev.json"]}),
        (["task-test.json"], {"prod": ["task-test.json"]}),
    ],
)
def test_task_definitions_are_named_one_by_one(root, tasks, environments):
    assert chosen(root, tasks, "ecs") == environments


def test_task_definitions_come_after_manifests(root):
    found = [*found_in(root, ["task.json"], "ecs"), *found_in(root, ["web.yaml"])]
    assert [one.source for one in choose(found, root)] == ["kubernetes"]
    assert [one.source for one in choose(found[:1], root)] == ["ecs"]


def test_nothing_is_chosen_from_nothing(root):
    assert choose([], root) == []
    assert choose([Found("compose", root / "compose.yaml")], root) == []


def test_words_are_whole(root):
    names = {"a/prod/x.yaml": "prod", "product/x.yaml": "neutral", "devices/x.yaml": "neutral",
             "a/base/x.yaml": "", "x.staging.json": "staging", "x-develop.json": "dev"}  # fmt: skip
    assert {name: role(root / name, root) for name in names} == names


def test_what_is_left_is_what_no_folder_covers(root):
    found = found_in(root, ["k8s/web.yaml", "k8s2/web.yaml"])
    one = Definition("prod", "kubernetes", (root / "k8s",))
    assert [str(f.file.relative_to(root)) for f in unused(found, [one])] == ["k8s2/web.yaml"]
