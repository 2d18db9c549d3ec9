"""Manifests: what we make we read, and what is not ours or not whole is told apart."""

import json
from dataclasses import replace

import pytest

from parity.errors import DamageError, StateError
from parity.model.state import SavedVolume, State
from parity.state import artifact
from parity.state.artifact import Blob, digest_of, make, read, state_of
from parity.state.identity import identity

D = f"sha256:{'a' * 64}"
VOLUMES = (
    SavedVolume("data", ("db",), 3, 9, D, D),
    SavedVolume("more", ("db", "web"), 0, 0, D, D),
)
STATE = State("id", "seeded", "shop", "", "2026-01-01T00:00:00+00:00", "copy", VOLUMES, {"db": "i"})
STATE = replace(STATE, digest=identity(VOLUMES, STATE.images, ""))
LAYERS = [[Blob(D, 5), Blob(f"sha256:{'b' * 64}", 6)], [Blob(D, 5)]]


def test_what_is_made_is_read():
    manifest, config = make(STATE, LAYERS)
    found = read(manifest, "x")
    assert found.layers == tuple(map(tuple, LAYERS))
    assert found.blobs == tuple(LAYERS[0])
    assert found.config == Blob(digest_of(config), len(config))
    assert state_of(config, found, "x") == STATE


def test_the_manifest_is_an_oci_artifact():
    tree = json.loads(make(STATE, LAYERS)[0])
    assert tree["schemaVersion"] == 2
    assert tree["mediaType"] == "application/vnd.oci.image.manifest.v1+json"
    assert tree["artifactType"] == "application/vnd.parity.state.v1"
    assert {row["mediaType"] for row in tree["layers"]} == {
        "application/vnd.parity.state.volume.v1.tar+zstd"
    }
    assert tree["annotations"]["org.opencontainers.image.title"] == "seeded"


def changed(change):
    tree = json.loads(make(STATE, LAYERS)[0])
    change(tree)
    return json.dumps(tree).encode()


@pytest.mark.parametrize(
    "data",
    [
        b"[]",
        b"null",
        b'{"schemaVersion": 2}',
        b'{"artifactType": "application/vnd.example.chart.v1"}',
        b'{"mediaType": "application/vnd.docker.distribution.manifest.v2+json", "config": 3}',
    ],
)
def test_something_else_is_not_a_state(data):
    with pytest.raises(StateError, match="is not a parity state"):
        read(data, "x")


def test_a_newer_format_is_told_by_its_number():
    newer = changed(lambda tree: tree.update(artifactType="application/vnd.parity.state.v2"))
    with pytest.raises(StateError, match="format 2; this parity reads format 1"):
        read(newer, "x")


def test_a_registry_that_dropped_the_type_is_forgiven():
    assert read(changed(lambda tree: tree.pop("artifactType")), "x").config


DAMAGES = {
    "no layers": lambda tree: tree.pop("layers"),
    "layers of another type": lambda tree: tree["layers"][0].update(mediaType="text/plain"),
    "a layer without its volume": lambda tree: tree["layers"][0].pop("annotations"),
    "a digest that is a path": lambda tree: tree["layers"][0].update(digest="sha256:../../x"),
    "another kind of digest": lambda tree: tree["layers"][0].update(digest="md5:abc"),
    "a size below nothing": lambda tree: tree["layers"][0].update(size=-1),
    "a size that is no number": lambda tree: tree["layers"][0].update(size="5"),
    "a size that is true": lambda tree: tree["layers"][0].update(size=True),
    "a volume that is left out": lambda tree: tree["layers"].__delitem__(slice(0, 2)),
    "a volume below nothing": lambda tree: tree["layers"][0]["annotations"].update(
        {artifact.NUMBER: "-1"}
    ),
    "no config": lambda tree: tree.update(config=None),
    "layers that are none": lambda tree: tree.update(layers=3),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_half_a_manifest_is_damage(what):
    with pytest.raises(DamageError, match="x is damaged"):
        read(changed(DAMAGES[what]), "x")


def test_what_is_no_json_is_damage():
    with pytest.raises(DamageError, match="no JSON"):
        read(b"{", "x")


def made(state=STATE, layers=LAYERS):
    manifest, config = make(state, layers)
    return config, read(manifest, "x")


def test_a_config_of_another_digest_is_damage():
    config, found = made()
    with pytest.raises(DamageError, match="its config is not sha256"):
        state_of(config + b" ", found, "x")


def test_a_config_that_lies_about_its_digest_is_damage():
    config, found = made(replace(STATE, digest=D))
    with pytest.raises(DamageError, match="does not add up"):
        state_of(config, found, "x")


def test_fewer_volumes_than_the_config_names_are_damage():
    config, found = made(layers=LAYERS[:1])
    with pytest.raises(DamageError, match="not all volumes"):
        state_of(config, found, "x")


@pytest.mark.parametrize(
    "change",
    [{"bytes": -1}, {"files": "3"}, {"digest": "x"}],
    ids=lambda change: next(iter(change)),
)
def test_numbers_that_are_none_are_damage(change):
    config, found = made(replace(STATE, volumes=(replace(VOLUMES[0], **change), VOLUMES[1])))
    with pytest.raises(DamageError, match="its config is wrong"):
        state_of(config, found, "x")


def test_a_newer_config_is_told_by_its_number():
    data = json.dumps({**json.loads(STATE.to_json()), "format": 9}).encode()
    found = replace(made()[1], config=Blob(digest_of(data), len(data)))
    with pytest.raises(StateError, match="format 9"):
        state_of(data, found, "x")


@pytest.mark.parametrize("data", [b"{", b"[]", b"null", b"{}", b'"x"'])
def test_a_config_that_is_none_is_damage(data):
    found = replace(made()[1], config=Blob(digest_of(data), len(data)))
    with pytest.raises(DamageError, match="its config is wrong"):
        state_of(data, found, "x")
