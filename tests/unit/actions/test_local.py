"""The local stack as one side of a comparison."""

from types import SimpleNamespace

from parity.actions import local
from parity.model.document import ABSENT
from parity.model.environment import Environment, Place
from parity.model.override import Override
from parity.model.project import Project
from parity.paths import ProjectPaths


def test_what_runs_is_a_side_and_parity_s_own_parts_are_overrides(monkeypatch, tmp_path):
    document = {
        "services": {"web": {"image": "a@sha256:1"}, "parity-gateway": {"image": "g"}},
        "networks": {"parity-edge": {"name": "x"}},
    }
    declared = Override(("services", "web", "image"), "a:1", "a@sha256:1", "pinned")
    resolved = SimpleNamespace(document=document, overrides=(declared,), losses=())
    production = Environment("prod", "kubernetes", (), {}, silent=frozenset({"ulimits"}))
    answer = SimpleNamespace(resolved=resolved, environment=production)
    monkeypatch.setattr(local, "resolve_stack", lambda session, progress: answer)
    session = SimpleNamespace(
        files=SimpleNamespace(document=tmp_path / "compose.yaml"),
        paths=ProjectPaths(tmp_path),
        project=Project(),
        identity=SimpleNamespace(name="shop-1"),
    )

    environment, overrides = local.read_local(session, lambda step: None)

    assert (environment.name, environment.source) == ("local", "kubernetes")
    assert environment.silent == {"ulimits"}
    assert environment.place == Place("", "dev.parity.stack=shop-1")
    assert list(environment.services) == ["web", "parity-gateway"]
    assert {o.path for o in overrides} == {
        ("services", "web", "image"),
        ("services", "parity-gateway"),
        ("networks", "parity-edge"),
    }
    assert all(o.production is ABSENT for o in overrides if o is not declared)
