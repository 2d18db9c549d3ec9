"""The snapshot source: recognised by its content, read offline, places of this checkout."""

import json
import os
import resource
import subprocess
import sys

import pytest

from parity.errors import DefinitionError
from parity.model.hidden import Hidden
from parity.model.setting import Layer, Origin
from parity.model.snapshot import SCHEMA, LossRecord, Snapshot
from parity.sources import registry, snapshot, snapshot_text
from parity.sources.contract import Request

DOCUMENT = {
    "services": {
        "web": {"image": "a", "environment": {"DB_PASSWORD": Hidden("alnum", 8), "TZ": "UTC"}}
    },
    "configs": {"c": {"file": "${project}/c.conf"}},
}


@pytest.fixture
def file(tmp_path):
    (tmp_path / ".git").mkdir()
    path = tmp_path / "environments" / "prod.json"
    path.parent.mkdir()

    def write(document=DOCUMENT, **more):
        made = Snapshot(
            SCHEMA, "prod", "kubernetes", "2026-01-02T03:04:05Z", "1.0", document, **more
        )
        path.write_text(snapshot_text.write(made))
        return path

    return write


def read(path, name="prod"):
    return snapshot.start(Request(name, path.parent, files=[path.name])).result()


def test_it_is_found_by_the_registry_before_all_others(file):
    assert "snapshot" in registry.names()
    assert registry.recognise(file()) == "snapshot"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.json", "{}"),
        ("x.json", '{"schema": "parity.report/1.0"}'),
        ("x.yaml", '{"schema": "parity.snapshot/1.0"}'),
        ("x.json", ""),
        ("x.json", '{"family": "web", "containerDefinitions": []}'),
    ],
)
def test_what_is_none_is_not_recognised(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    assert not snapshot.recognises(tmp_path / name)
    assert not snapshot.recognises(tmp_path)
    assert not snapshot.recognises(tmp_path / "missing.json")


def test_everything_captured_comes_back(file, tmp_path):
    environment = read(
        file(
            losses=(LossRecord("a", "b", "c"),),
            unset=("X",),
            layers=("declared", "running"),
            silent=("ulimits",),
        ),
        name="production",
    )
    assert (environment.name, environment.source) == ("production", "snapshot")
    assert environment.captured == "2026-01-02T03:04:05Z"
    assert environment.services["web"]["environment"] == {
        "DB_PASSWORD": Hidden("alnum", 8),
        "TZ": "UTC",
    }
    assert environment.document["configs"]["c"]["file"] == str(tmp_path / "c.conf")
    assert (environment.losses[0].path, environment.losses[0].reason) == ("a", "c")
    assert (environment.unset, environment.silent) == (("X",), {"ulimits"})
    assert environment.layers == {Layer.DECLARED, Layer.RUNNING}
    assert environment.files == (str(tmp_path / "environments" / "prod.json"),)
    assert not environment.values


def test_places_are_those_of_the_definition(file, tmp_path):
    origins = {
        "${project}/k8s/web.yaml": {
            "services.web": {"": 3, "environment.TZ": 9, 'labels["a.b"]': 4}
        },
        "somewhere": {"services": {"": 0}, "configs.c": {"": 7}},
    }
    found = read(file(origins=origins)).origins
    place = str(tmp_path / "k8s/web.yaml")
    assert found.of(("services", "web", "environment", "TZ")) == Origin(place, 9)
    assert found.of(("services", "web", "environment", "B")) == Origin(place, 3)
    assert found.of(("services", "web", "labels", "a.b")) == Origin(place, 4)
    assert found.of(("services", "db", "image")) == Origin("somewhere", 0)
    assert found.of(("configs", "c", "content")) == Origin("somewhere", 7)
    assert found.of(("networks",)) is None


def refused(path, **request):
    with pytest.raises(DefinitionError) as caught:
        snapshot.start(Request("prod", path.parent, **{"files": [path.name], **request})).result()
    assert caught.value.next_step
    return caught.value


def test_a_missing_file_is_told_at_once(tmp_path):
    assert "no such snapshot" in refused(tmp_path / "prod.json").message
    (tmp_path / "prod.json").mkdir()
    assert "no such snapshot" in refused(tmp_path / "prod.json").message


@pytest.mark.parametrize("files", [[], ["a.json", "b.json"]])
def test_a_snapshot_is_one_file(tmp_path, files):
    assert "one file" in refused(tmp_path / "x", files=files).message


def test_a_zero_byte_in_a_name(tmp_path):
    assert "zero byte" in refused(tmp_path / "x", files=["a\0b"]).message


def test_bytes_that_are_no_text(file):
    path = file()
    path.write_bytes(b'{"schema": "parity.snapshot/1.0", "x": "\xff"}')
    error = refused(path)
    assert "not UTF-8" in error.message
    assert error.where == str(path)
    path.write_text("\ufeff" + json.dumps({"schema": "parity.snapshot/1.0"}))
    assert "`name`" in refused(path).message or "missing" in refused(path).message.lower()


def test_a_huge_file_is_not_read(file):
    path = file()
    os.truncate(path, snapshot.MAX_BYTES + 1)
    assert "64" in refused(path).message


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_rights(file):
    path = file()
    path.chmod(0)
    assert "cannot read" in refused(path).message


def test_reading_loads_no_validator_and_stays_small(file):
    path = file()
    program = (
        "import sys; from pathlib import Path; from parity.sources import snapshot\n"
        "from parity.sources.contract import Request\n"
        f"snapshot.start(Request('x', Path('/'), files=[{str(path)!r}])).result()\n"
        "print('pydantic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30)),
    )  # fmt: skip
    assert done.stdout.strip() == "False", done.stderr
