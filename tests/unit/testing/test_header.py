import json

import pytest

from parity.model.state import State
from parity.testing.header import header


def volume(name, digest, created):
    state = State(f"id-{name}", name, "shop", digest, created, "reflink", ())
    labels = {"dev.parity.role": "state", "dev.parity.project": "shop"}
    return {
        "Name": f"parity-state-id-{name}",
        "Labels": {**labels, "dev.parity.manifest": state.to_json()},
    }


@pytest.fixture
def root(project):
    toml = '[project]\nname = "shop"\n[environments.prod]\nfiles = ["compose.yaml"]\n'
    return project("services: {}\n", toml=toml)


def test_one_state_is_told_with_its_digest(root, engine):
    engine.answers["/volumes"] = {
        "Volumes": [volume("seeded", "sha256:0123456789abcdef", "2026-01-02T03")]
    }
    assert header(root, "") == ["parity: shop, state seeded (sha256:0123456789ab of 2026-01-02)"]


def test_of_several_the_newest_unless_one_is_named(root, engine):
    rows = [volume("old", "sha256:o", "2026-01-01"), volume("new", "sha256:n", "2026-01-02")]
    engine.answers["/volumes"] = {"Volumes": rows}
    assert "2 states, the newest state new (sha256:n" in header(root, "")[0]
    assert "state old (sha256:o" in header(root, "old")[0]
    assert "no state other yet" in header(root, "other")[0]


def test_no_state_is_no_failure(root, engine):
    engine.answers["/volumes"] = {"Volumes": None}
    assert header(root, "") == ["parity: shop, no start state: forks begin empty"]


def test_the_lock_tells_images_and_definition(root, engine):
    engine.answers["/volumes"] = {"Volumes": []}
    pin = {"digest": "sha256:1", "platforms": []}
    body = {"definition": "sha256:" + "ab" * 32, "images": {"a:1": pin, "b:1": pin}}
    (root / "parity.lock").write_text(json.dumps({"schema": 1, "environments": {"prod": body}}))
    assert header(root, "")[0].endswith("2 images of parity.lock, definition sha256:abababababab")


def test_what_is_wrong_is_told_and_nothing_raised(root):
    assert header(root, "")[0].startswith("parity: no Docker Engine answers")
    (root / "parity.toml").write_text("[nonsense")
    assert "is not TOML" in header(root, "")[0]
