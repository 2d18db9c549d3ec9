"""The editor's layer: equal ones have one name, and every part of it counts."""

from dataclasses import replace

import pytest

from parity.errors import ConfigError
from parity.stack import devcontainer
from parity.stack.devcontainer import Layer, layer

ONE = Layer("app@sha256:1", "dev", 1000, 1000, True, (("Dockerfile", b"FROM x"),), b"#!/bin/sh")


def test_equal_layers_are_one_image():
    assert ONE.tag("shop", "web") == replace(ONE).tag("shop", "web")
    assert ONE.tag("shop", "web").startswith("parity-devcontainer/shop-web:")


@pytest.mark.parametrize(
    "change",
    [
        {"base": "app@sha256:2"},
        {"user": "me"},
        {"uid": 1001},
        {"gid": 1001},
        {"run": False},
        {"files": (("Dockerfile", b"FROM y"),)},
        {"files": (("Dockerfile", b"FROM x"), ("more", b""))},
        {"keeper": b"#!/bin/bash"},
    ],
)
def test_whatever_changes_makes_another_image(change):
    assert replace(ONE, **change).tag("shop", "web") != ONE.tag("shop", "web")


def _folder(tmp_path):
    folder = tmp_path / ".devcontainer"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM x\n")
    (folder / "devcontainer.json").write_text("{}")
    return folder


def test_the_layer_is_what_the_folder_holds_without_what_editors_read(tmp_path):
    folder = _folder(tmp_path)
    (folder / "scripts").mkdir()
    (folder / "scripts" / "tools.sh").write_text("echo\n")
    (folder / "away").symlink_to("/etc/passwd")
    made = layer(folder, base="app@sha256:1", user="dev", run=True)
    assert [name for name, _ in made.files] == ["Dockerfile", "scripts/tools.sh"]
    assert (made.uid, made.gid) == (tmp_path.stat().st_uid, tmp_path.stat().st_gid)
    assert made.keeper.startswith(b"#!/bin/sh")


def test_a_folder_without_a_recipe_is_told(tmp_path):
    (tmp_path / ".devcontainer").mkdir()
    with pytest.raises(ConfigError, match="no .devcontainer/Dockerfile") as caught:
        layer(tmp_path / ".devcontainer", base="x", user="dev", run=True)
    assert "`parity devcontainer` writes one" in caught.value.next_step


def test_a_huge_folder_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(devcontainer, "_LARGEST", 10)
    with pytest.raises(ConfigError, match="holds more than"):
        folder = _folder(tmp_path)
        (folder / "core").write_bytes(b"x" * 11)
        layer(folder, base="x", user="dev", run=True)
