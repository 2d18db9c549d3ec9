"""What Tab offers."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from parity.cli import completion

TOML = "[environments.dev]\n[environments.prod]\n[environments.preprod]\n"


@pytest.fixture
def context(tmp_path):
    (tmp_path / "parity.toml").write_text(TOML)
    root = SimpleNamespace(params={"directory": tmp_path})
    return SimpleNamespace(find_root=lambda: root)


def test_environments_of_the_project_and_the_local_stack(context):
    assert completion.environments(context, "") == ["dev", "prod", "preprod", "local"]
    assert completion.environments(context, "pr") == ["prod", "preprod"]
    assert completion.own_environments(context, "l") == []


@pytest.mark.parametrize("text", ["[[", "a = 1", "environments = 3", b"\xff"])
def test_what_cannot_be_read_offers_nothing(context, tmp_path, text):
    content = text if isinstance(text, bytes) else text.encode()
    (tmp_path / "parity.toml").write_bytes(content)
    assert completion.own_environments(context, "") == []
    (tmp_path / "parity.toml").unlink()
    assert completion.own_environments(context, "") == []


def test_rules_by_id_and_by_name():
    assert ("EN001", "environment.boolean-as-text") in completion.rules("EN")
    assert all(row[0].startswith("EN") for row in completion.rules("EN"))
    assert [row[0] for row in completion.rules("en003")] == ["EN003"]
    assert all(row[0].startswith("environment.") for row in completion.rules("environment."))
    assert completion.rules("ZZ") == []


WRITTEN = """\
# Written by `parity up`
services:
  parity-gateway:
    image: x
  web:
    environment:
      services: none
  "db.1":
    image: y
x-more:
  other:
    image: z
networks:
  default: {}
"""
PROD = '[project]\nname = "shop"\n[environments.prod]\nfiles = ["compose.yaml"]\n'


@pytest.fixture
def shop(tmp_path):
    """A project with a stack that was made, and the context of a call in it."""
    (tmp_path / "parity.toml").write_text(PROD)
    (tmp_path / "compose.yaml").write_text(
        "x-base: &base\n    image: a\nservices:\n    # the first\n    web:\n        <<: *base\n    'cache':\n        image: b\n"
    )
    root = SimpleNamespace(params={"directory": tmp_path, "name": "shop-1"})
    return SimpleNamespace(find_root=lambda: root, folder=tmp_path)


def test_services_of_the_definition_and_then_of_the_stack(shop):
    assert completion.services(shop, "") == ["web", "cache"]
    written = shop.folder / ".parity" / "shop-1" / "compose.yaml"
    written.parent.mkdir(parents=True)
    written.write_text(WRITTEN)
    assert completion.services(shop, "") == ["web", "db.1"]
    assert completion.services(shop, "d") == ["db.1"]
    written.write_bytes(b"\xff\n- - -\n")
    assert completion.services(shop, "") == []


def test_states_and_forks_are_the_engines(shop, engine):
    from parity.stack import labels

    def container(fork):
        mine = {labels.FORK: fork, labels.ORIGIN: "shop-1"}
        return {"Id": fork, "State": "running", "Labels": mine}

    engine.answers["/containers/json"] = [container("try"), container("try"), container("other")]
    assert completion.forks(shop, "") == ["other", "try"]
    assert completion.forks(shop, "t") == ["try"]
    engine.answers["/volumes"] = {"Volumes": None}
    assert completion.states(shop, "") == []


def test_an_engine_that_does_not_answer_offers_nothing_soon(shop, engine, monkeypatch):
    import time

    monkeypatch.setattr(completion, "_PATIENCE", 0.1)
    monkeypatch.setattr(engine, "answer", lambda _: time.sleep(2) or (200, b"[]"))
    before = time.monotonic()
    assert completion.forks(shop, "") == []
    assert completion.states(shop, "") == []
    assert time.monotonic() - before < 1.5


def test_no_engine_and_no_project_offer_nothing(shop, tmp_path_factory, monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "tcp://203.0.113.1:2375")
    assert completion.states(shop, "") == [], "an engine elsewhere is not asked on a Tab"
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere.sock")
    assert completion.forks(shop, "") == []
    root = SimpleNamespace(params={"directory": tmp_path_factory.mktemp("empty")})
    nowhere = SimpleNamespace(find_root=lambda: root)
    for offer in (completion.services, completion.states, completion.forks):
        assert offer(nowhere, "") == []


def test_nothing_heavy_is_imported_for_it():
    code = (
        "import sys, parity.cli.completion; print([m for m in sys.modules if 'parity.rules' in m])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
