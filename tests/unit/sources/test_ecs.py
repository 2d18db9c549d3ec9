"""Task definitions of real repositories, of AWS itself, and broken ones."""

import json
import random
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path

import pytest

from parity.errors import DefinitionError
from parity.model.document import leaves, put
from parity.model.setting import Origin
from parity.sources import ecs
from parity.sources.contract import Request
from parity.sources.ecs_task import live
from parity.sources.ecs_task.find import Found, find
from parity.sources.ecs_task.translate import translate
from parity.sources.ledger import UNKNOWN_FIELD
from parity.sources.yaml_tree import Tree

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"
TASK = {
    "family": "shop",
    "containerDefinitions": [
        {"name": "web", "image": "web:1", "environment": [{"name": "A", "value": "1"}]}
    ],
}


def read(root, *names, **options):
    return ecs.start(Request("prod", root, files=names, **options)).result()


def test_a_file_becomes_an_environment(tmp_path):
    (tmp_path / "task.json").write_text(json.dumps(TASK, indent=1))
    found = read(tmp_path, "task.json")
    assert (found.source, found.files) == ("ecs", (str(tmp_path / "task.json"),))
    assert found.services["web"]["environment"] == {"A": "1"}
    assert found.origins.of(("services", "web", "environment", "A")) == Origin("task.json", 10)
    assert "environment" not in found.silent


def test_live_definitions_are_read_like_files(tmp_path, monkeypatch):
    answer = {
        "taskDefinition": {**TASK, "registeredAt": datetime(2026, 1, 1, tzinfo=UTC)},
        "ResponseMetadata": {},
    }
    asked = []
    monkeypatch.setattr(live, "describe", lambda *names: asked.append(names) or [answer])
    found = ecs.start(Request("prod", tmp_path, project="shop", context="eu-west-1")).result()
    assert asked == [("shop", "eu-west-1")]
    assert found.services["web"]["image"] == "web:1"
    assert found.losses == ()
    assert found.origins.of(("services", "web", "image")).file == "ecs shop"


def test_nothing_to_read_is_told(tmp_path):
    with pytest.raises(DefinitionError, match="no task definition is named"):
        ecs.start(Request("prod", tmp_path))
    (tmp_path / "service.json").write_text('{"desiredCount": 1}')
    with pytest.raises(DefinitionError, match="only a service"):
        read(tmp_path, "service.json")
    (tmp_path / "empty.json").write_text("\n")
    with pytest.raises(DefinitionError, match="nothing is in it"):
        read(tmp_path, "empty.json")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("task.json", '{"containerDefinitions": []}', True),
        ("task.yaml", "containerDefinitions:\n", True),
        ("stack.template", "Type: AWS::ECS::TaskDefinition", True),
        ("plan.json", '{"type": "aws_ecs_task_definition"}', True),
        ("task.json", '{"containers": []}', False),
        ("notes.txt", "containerDefinitions:", False),
    ],
)
def test_task_definitions_are_known_by_what_is_in_them(tmp_path, name, text, said):
    (tmp_path / name).write_text(text)
    assert ecs.recognises(tmp_path / name) is said


def real():
    suffixes = (".json", ".yaml", ".yml")
    return sorted(file for file in (CORPUS / "ecs").rglob("*") if file.suffix in suffixes)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real definitions is not here")
def test_real_definitions_load_with_every_field_accounted_for():
    loaded, templates = 0, 0
    for file in real():
        try:
            found = read(file.parent, file.name)
        except DefinitionError as error:
            assert "template" in error.message, file
            templates += 1
            continue
        assert [loss for loss in found.losses if loss.reason == UNKNOWN_FIELD] == [], file
        assert found.services
        loaded += 1
    assert (loaded, templates) == (17, 8)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real definitions is not here")
@pytest.mark.parametrize("seed", range(4))
def test_mutated_definitions_are_read_or_refused_in_words(tmp_path, seed):
    chosen = random.Random(seed)
    for file in chosen.sample([f for f in real() if f.stat().st_size < 20000], 5):
        text = file.read_text()
        for _ in range(12):
            at = chosen.randrange(len(text))
            odd = chosen.choice(
                [
                    "",
                    '"',
                    "{",
                    "}",
                    "[",
                    "null",
                    "-1",
                    ":",
                    "\t",
                    "\n",
                    ",",
                    "[]",
                    "\\",
                    "é",
                    "1e99",
                ]
            )
            broken = text[:at] + odd + text[at + chosen.randrange(4) :]
            (tmp_path / "task.json").write_text(broken)
            try:
                read(tmp_path, "task.json")
            except DefinitionError as error:
                assert error.where.startswith(str(tmp_path / "task.json"))
                assert error.next_step


AS_COMPOSE = """\
services:
  web:
    image: web:1
    command: [serve]
    environment: {TZ: UTC}
    ports: ["80:80"]
    restart: always
    user: "1000"
    init: true
    stop_grace_period: 90s
    ulimits: {nofile: {soft: 1024, hard: 2048}}
    healthcheck: {test: [CMD, ok], interval: 30s, timeout: 5s, retries: 3}
    volumes: ["data:/data"]
    deploy: {replicas: 2, resources: {limits: {cpus: "0.25", memory: 512m}}}
    depends_on:
      migrate: {condition: service_completed_successfully}
  migrate:
    image: web:1
    restart: "no"
    deploy: {resources: {limits: {cpus: "0.25", memory: 512m}}}
volumes: {data: {}}
"""
AS_ECS = {
    "family": "shop",
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "volumes": [{"name": "data"}],
    "containerDefinitions": [
        {
            "name": "web", "image": "web:1", "command": ["serve"], "user": "1000", "stopTimeout": 90,
            "environment": [{"name": "TZ", "value": "UTC"}], "portMappings": [{"containerPort": 80}],
            "linuxParameters": {"initProcessEnabled": True},
            "ulimits": [{"name": "nofile", "softLimit": 1024, "hardLimit": 2048}],
            "healthCheck": {"command": ["CMD", "ok"]},
            "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}],
            "dependsOn": [{"containerName": "migrate", "condition": "SUCCESS"}],
        },
        {"name": "migrate", "image": "web:1", "essential": False},
    ],
}  # fmt: skip


def test_one_environment_in_two_notations_has_no_differences(tmp_path):
    from parity.diff.compare import compare
    from parity.sources import compose

    (tmp_path / "compose.yaml").write_text(AS_COMPOSE)
    (tmp_path / "task.json").write_text(json.dumps(AS_ECS))
    (tmp_path / "service.json").write_text('{"desiredCount": 2, "taskDefinition": "shop"}')
    one = compose.start(Request("compose", tmp_path, files=["compose.yaml"])).result()
    two = read(tmp_path, "task.json", "service.json")
    for comparison in (compare(one, two), compare(two, one)):
        assert {pair.name for pair in comparison.pairs} == {"web", "migrate"}
        assert comparison.differences == ()


ODD = (
    None,
    5,
    "x",
    [],
    {},
    True,
    -1.5,
    [[1]],
    {"a": None},
    "",
    "${x}",
    {"Ref": "Z"},
    1e400,
    10**30,
)


def test_values_of_the_wrong_kind_are_read_or_told():
    chosen = random.Random(1)
    for path, _ in list(leaves(AS_ECS)) * 6:
        broken = deepcopy(AS_ECS)
        put(broken, path[: chosen.randrange(len(path)) + 1], chosen.choice(ODD))
        found = Found()
        try:
            find(Tree("task.json", broken), {}, found)
            made = translate("x", "ecs", ("task.json",), found, ecs.SILENT, root=Path("/"))
            assert made.services
        except DefinitionError as error:
            assert error.where.startswith("task.json")
