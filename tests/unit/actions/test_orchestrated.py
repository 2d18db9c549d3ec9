"""Production among manifests and task definitions."""

from pathlib import Path

import pytest

from parity.actions.orchestrated import Definition, choose

ROOT = Path("/repository")


def chosen(*manifests, tasks=()):
    found = choose([ROOT / m for m in manifests], [ROOT / t for t in tasks], ROOT)
    return found.source, [str(file.relative_to(ROOT)) for file in found.files]


@pytest.mark.parametrize(
    ("manifests", "files"),
    [
        (["k8s/web.yaml", "k8s/db.yaml"], ["k8s"]),
        (["deploy/prod/web.yaml", "deploy/dev/web.yaml"], ["deploy/prod"]),
        (["deploy/dev/web.yaml", "deploy/web.yaml"], ["deploy"]),
        (["web.yaml", "db.yaml", "k8s/x.yaml"], ["web.yaml", "db.yaml"]),
        (
            ["k/base/kustomization.yaml", "k/overlays/dev/kustomization.yaml",
             "k/overlays/production/kustomization.yaml", "k/base/web.yaml"],
            ["k/overlays/production"],
        ),
        (["k/base/kustomization.yaml", "k/overlays/eu/kustomization.yml"], ["k/overlays/eu"]),
        (["product/kustomization.yaml", "a/b/prod-eu/kustomization.yaml"], ["a/b/prod-eu"]),
    ],
)  # fmt: skip
def test_what_is_named_for_production_comes_first(manifests, files):
    assert chosen(*manifests) == ("kubernetes", files)


def test_task_definitions_come_after_manifests():
    assert chosen("web.yaml", tasks=["task.json"]) == ("kubernetes", ["web.yaml"])
    tasks = ["task.dev.json", "ecs/live.json"]
    assert chosen(tasks=tasks) == ("ecs", ["ecs/live.json"])


def test_nothing_is_chosen_from_nothing():
    assert choose([], [], ROOT) == Definition()
