"""One contract, kept by every source that is found: what it is, what it refuses, what it never shows."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from parity import compose_cli
from parity.errors import DefinitionError
from parity.model.document import leaves, map_strings, parse
from parity.model.environment import Environment
from parity.model.snapshot import SCHEMA, Snapshot
from parity.sources import compose, registry, snapshot_text
from parity.sources.contract import Request

DATA = Path(__file__).parent / "data"
CANARY = "CANARY-71d0c2b94e"


@dataclass(frozen=True)
class Sample:
    """A definition with a secret in it, as text, and the name it has on disk."""

    file: str
    text: str
    options: dict = field(default_factory=dict)
    structured: bool = True
    """Whether broken YAML and JSON are broken to it."""


COMPOSE = f"""\
services:
  web:
    image: web:1
    environment: {{DB_PASSWORD: {CANARY}, TZ: UTC}}
    build: {{context: ., args: {{NPM_TOKEN: {CANARY}}}}}
    restart: always
"""
KUBERNETES = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: web:1
          env:
            - {name: TZ, value: UTC}
            - {name: DB_PASSWORD, valueFrom: {secretKeyRef: {name: db, key: password}}}
          odd: {apiToken: CANARY-71d0c2b94e}
---
apiVersion: v1
kind: Secret
metadata: {name: db}
stringData: {password: CANARY-71d0c2b94e}
"""
CLOUDRUN = f"""\
apiVersion: serving.knative.dev/v1
kind: Service
metadata: {{name: web}}
spec:
  template:
    spec:
      containers:
        - image: web:1
          env:
            - {{name: TZ, value: UTC}}
            - {{name: DB_PASSWORD, valueFrom: {{secretKeyRef: {{name: db, key: latest}}}}}}
          odd: {{apiToken: {CANARY}}}
"""
ECS = {
    "family": "shop",
    "containerDefinitions": [
        {
            "name": "web",
            "image": "web:1",
            "environment": [{"name": "TZ", "value": "UTC"}],
            "secrets": [{"name": "DB_PASSWORD", "valueFrom": "/prod/db"}],
            "odd": {"apiToken": CANARY},
        }
    ],
}
SNAPSHOT = Snapshot(
    SCHEMA,
    "prod",
    "compose",
    "2026-01-02T03:04:05Z",
    "1.0",
    {"services": {"web": {"image": "web:1", "environment": {"TZ": "UTC"}}}},
)
SAMPLES = {
    "compose": Sample("compose.yaml", COMPOSE),
    "swarm": Sample("docker-stack.yml", COMPOSE),
    "kubernetes": Sample("deployment.yaml", KUBERNETES),
    "cloudrun": Sample("service.yaml", CLOUDRUN),
    "ecs": Sample("task.json", json.dumps(ECS, indent=1)),
    "dotenv": Sample("prod.env", f'TZ=UTC\nDB_PASSWORD="{CANARY}"\n', structured=False),
    "snapshot": Sample("prod.json", snapshot_text.write(SNAPSHOT)),
}
LIVE = ("docker",)
KINDS = registry.names()
IN_FILES = sorted(SAMPLES)
STRUCTURED = [name for name in IN_FILES if SAMPLES[name].structured]
ALSO = {"swarm": {"compose"}}
"""A stack file is a Compose file as well; the registry asks the most particular first."""


def start(name, root, text=None, file=""):
    sample = SAMPLES[name]
    if text is not None:
        write = (root / sample.file).write_bytes
        write(text if isinstance(text, bytes) else text.encode())
    request = Request("prod", root, files=[file or sample.file], **sample.options)
    return registry.source(name).start(request)


def read(name, root, text=None):
    return start(name, root, SAMPLES[name].text if text is None else text).result()


def live():
    records = json.loads((DATA / "docker" / "compose-project.json").read_text())
    request = Request(
        "prod", Path("/nowhere"), project="shop", inspect=lambda context, project: records
    )
    return registry.source("docker").start(request).result()


def everything(name, root):
    return live() if name in LIVE else read(name, root)


def said(error):
    return f"{error.message} {error.where} {error.detail} {error.next_step}"


def test_every_source_is_in_this_suite():
    assert set(KINDS) == {*SAMPLES, *LIVE}


@pytest.mark.parametrize("name", KINDS)
def test_a_source_has_the_names_of_the_contract(name):
    source = registry.source(name)
    assert name == source.SOURCE
    assert isinstance(source.SILENT, frozenset)
    for pattern in source.SILENT:
        assert parse(pattern), pattern
    assert "environment" not in source.SILENT
    assert callable(source.recognises)
    assert callable(source.start)


@pytest.mark.parametrize("name", IN_FILES)
def test_a_source_knows_its_own_notation_and_no_other(tmp_path, name):
    file = tmp_path / SAMPLES[name].file
    file.write_text(SAMPLES[name].text)
    taken = {other for other in KINDS if registry.source(other).recognises(file)}
    assert taken == {name} | ALSO.get(name, set())
    assert registry.recognise(file) == name


NAMES = [
    "compose.yaml",
    "stack.yml",
    "a.json",
    ".env",
    "a.yaml",
    "task.template",
    "x",
    "kustomization.yaml",
]


@given(st.sampled_from(NAMES), st.binary(max_size=200))
@limits(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_recognising_never_raises(tmp_path, name, content):
    file = tmp_path / name
    file.write_bytes(content)
    for source in KINDS:
        assert registry.source(source).recognises(file) in (True, False)


@pytest.mark.parametrize("source", KINDS)
def test_recognising_survives_odd_places(tmp_path, source):
    recognises = registry.source(source).recognises
    (tmp_path / "loop.yaml").symlink_to(tmp_path / "loop.yaml")
    (tmp_path / "gone.json").symlink_to(tmp_path / "nowhere")
    (tmp_path / "compose.yaml").mkdir()
    os.mkfifo(tmp_path / "a.env")
    os.mkfifo(tmp_path / "b.yaml")
    odd = [
        "loop.yaml",
        "gone.json",
        "compose.yaml",
        "a.env",
        "b.yaml",
        "no",
        "a\0b",
        "x" * 300,
        "..",
        ".",
    ]
    for name in odd:
        assert recognises(tmp_path / name) in (True, False)
    assert not recognises(tmp_path / "a\0b.yaml")


@pytest.mark.parametrize("name", IN_FILES)
@pytest.mark.parametrize("file", ["gone.yaml", "a\0b.yaml", "folder.json", "a" * 5000])
def test_what_is_not_there_is_told(tmp_path, name, file):
    if file == "folder.json" and name in ("kubernetes", "cloudrun"):
        pytest.skip("folders are definitions to it")
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(DefinitionError) as caught:
        start(name, tmp_path, file=file).result()
    assert caught.value.next_step
    assert file.partition("\0")[0] in said(caught.value) or "zero byte" in said(caught.value)


@pytest.mark.parametrize("name", IN_FILES)
@pytest.mark.parametrize("kind", ["pipe", "loop", "endless"])
def test_what_is_no_file_is_told_at_once(tmp_path, name, kind):
    place = tmp_path / "odd.yaml"
    if kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to(place if kind == "loop" else "/dev/zero")
    with pytest.raises(DefinitionError) as caught:
        start(name, tmp_path, file="odd.yaml").result()
    assert caught.value.next_step


BROKEN = {
    "empty": b"",
    "blank": b"\n\n",
    "nul": b"a: \0\n",
    "latin-1": b"a: caf\xe9\n",
    "deep": b"[" * 100_000,
    "deep table": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "twice": b"services: {}\nservices: {}\napiVersion: v1\napiVersion: v1\n",
    "tab": b"a:\n\tb: 1\n",
    "open": b'a: "b\n',
    "alias": b"a: *b\n",
    "itself": b"a: &a [*a]\n",
    "text": b"just a text",
    "list": b"[1, 2]",
    "number": b"5",
    "null": b"null",
    "bomb": b"a: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(
        b"%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n" % (c, c, *[c - 1] * 9)
        for c in b"bcdefghij"
    ),
}


NOTHING = ("empty", "blank", "null")


@pytest.mark.parametrize("name", STRUCTURED)
@pytest.mark.parametrize("kind", sorted(BROKEN))
def test_what_is_broken_is_told_with_its_place(tmp_path, monkeypatch, name, kind):
    monkeypatch.setattr(compose_cli, "READ_SECONDS", 2)
    if kind in NOTHING and name in ("kubernetes", "cloudrun"):
        # Folders of manifests have such files; what is nothing there is nothing here.
        assert read(name, tmp_path, BROKEN[kind]).services == {}
        return
    with pytest.raises(DefinitionError) as caught:
        read(name, tmp_path, BROKEN[kind])
    assert str(tmp_path / SAMPLES[name].file) in caught.value.where
    assert caught.value.next_step
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("kind", sorted(BROKEN))
def test_an_env_file_is_text_and_no_more(tmp_path, kind):
    try:
        found = read("dotenv", tmp_path, BROKEN[kind])
    except DefinitionError as error:
        assert str(tmp_path / "prod.env") in error.where
    else:
        assert kind not in ("nul", "latin-1")
        assert isinstance(found, Environment)


@pytest.mark.parametrize("name", STRUCTURED)
def test_a_truncated_definition_is_read_or_told_and_no_secret_with_it(tmp_path, name):
    text = SAMPLES[name].text
    for end in range(1, len(text), max(1, len(text) // 12)):
        try:
            read(name, tmp_path, text[:end])
        except DefinitionError as error:
            assert error.where, end
            assert CANARY not in said(error)


@pytest.mark.parametrize("name", IN_FILES)
def test_a_huge_file_is_not_read(tmp_path, name):
    file = tmp_path / SAMPLES[name].file
    with file.open("wb") as stream:
        stream.write(b"#" * 100 + b"\n")
        stream.truncate(80 * 1024**2)
    with pytest.raises(DefinitionError) as caught:
        start(name, tmp_path).result()
    assert str(file) in caught.value.where


@pytest.mark.parametrize("name", KINDS)
def test_the_same_input_gives_the_same_document(tmp_path, name):
    one, two = everything(name, tmp_path), everything(name, tmp_path)
    assert json.dumps(one.document) == json.dumps(two.document)
    assert (one.losses, one.unset, one.silent) == (two.losses, two.unset, two.silent)


@pytest.mark.parametrize("name", KINDS)
def test_the_document_is_one_that_docker_compose_takes(tmp_path, name):
    found = everything(name, tmp_path)
    assert found.source == name
    assert found.services
    folder = tmp_path / "again"
    folder.mkdir()
    escaped = map_strings(found.document, lambda text: text.replace("$", "$$"))
    (folder / "compose.yaml").write_text(json.dumps(escaped))
    options = ["--no-consistency"] if name == "dotenv" else []  # it has no image
    again = compose.start(Request("again", folder, files=["compose.yaml"]), *options).result()
    assert set(again.services) == set(found.services)
    for service, body in found.services.items():
        assert again.services[service].get("environment") == body.get("environment")
    assert compose_cli.executable()


@pytest.mark.parametrize("name", IN_FILES)
def test_a_planted_secret_is_in_no_loss_and_only_where_it_was_written_in_plain(tmp_path, name):
    found = read(name, tmp_path)
    assert CANARY not in repr(found.losses) + repr(found.unset) + repr(found)[:0]
    plain = name in ("compose", "swarm", "dotenv")
    environment = found.services.get("web", found.services.get("app"))["environment"]
    assert (environment.get("DB_PASSWORD") == CANARY) == plain
    if not plain:
        assert CANARY not in json.dumps(found.document)
    elif name == "swarm":
        assert "build" not in found.services["web"]


@pytest.mark.parametrize("name", [n for n in IN_FILES if n != "snapshot"])
def test_every_value_has_a_place_that_exists(tmp_path, name):
    found = read(name, tmp_path)
    lines = len(SAMPLES[name].text.splitlines())
    place = found.origins.of(("services", next(iter(found.services)), "environment", "TZ"))
    assert place is not None
    text = SAMPLES[name].text.splitlines()[place.line - 1]
    assert place.line
    assert any(word in text for word in ("TZ", "UTC", "env"))
    for path, _ in leaves(found.document):
        origin = found.origins.of(path)
        if origin is not None:
            assert (tmp_path / origin.file).is_file()
            assert 0 <= origin.line <= lines
