"""Stack files: what docker stack deploy makes of them, and what it ignores."""

from dataclasses import replace

import pytest

from parity.errors import DefinitionError
from parity.model.environment import Environment
from parity.model.setting import Origin
from parity.sources import compose, swarm
from parity.sources.contract import Request

STACK = """\
version: "3.8"
services:
  web:
    image: web:1
    restart: always
    container_name: web
    build: {context: ., args: {NPM_TOKEN: CANARY-81}}
    depends_on: [db]
    cap_add: [SYS_TIME]
    networks: [front]
    deploy:
      replicas: 3
      placement: {constraints: [node.role == worker]}
      restart_policy: {max_attempts: 3}
  db:
    image: db:1
    privileged: false
    mem_limit: 1g
  job:
    image: job:1
    deploy: {mode: replicated-job}
networks:
  front: {driver: overlay}
"""


@pytest.fixture
def read(tmp_path):
    def start(text=STACK, **options):
        (tmp_path / "docker-stack.yml").write_text(text)
        return swarm.start(
            Request("prod", tmp_path, files=["docker-stack.yml"], **options)
        ).result()

    return start


def test_what_a_swarm_ignores_is_lost_with_a_reason(read):
    environment = read()
    lost = {loss.path: loss.reason for loss in environment.losses}
    assert set(lost) == {
        "services.web.restart", "services.web.container_name", "services.web.build",
        "services.web.depends_on", "services.db.mem_limit",
    }  # fmt: skip
    assert "no order" in lost["services.web.depends_on"]
    assert "no such setting" in lost["services.db.mem_limit"]
    assert "CANARY" not in repr(environment.losses) + repr(environment.document)
    web = environment.services["web"]
    assert {"restart", "build", "depends_on", "container_name"} & set(web) == set()
    assert (web["image"], web["cap_add"], web["deploy"]["replicas"]) == ("web:1", ["SYS_TIME"], 3)


def test_a_swarm_restarts_what_ends_unless_it_is_told_otherwise(read):
    services = read().services
    assert services["db"]["deploy"]["restart_policy"] == {"condition": "any"}
    policy = services["web"]["deploy"]["restart_policy"]
    assert (policy["condition"], policy["max_attempts"]) == ("any", 3)
    assert "restart_policy" not in services["job"]["deploy"]
    told = read("services: {a: {image: a, deploy: {restart_policy: {condition: none}}}}")
    assert told.services["a"]["deploy"]["restart_policy"] == {"condition": "none"}


def test_services_are_known_by_the_stacks_name_too(read):
    assert read(project="shop").services["web"]["networks"]["front"]["aliases"] == ["shop_web"]
    assert read(project="shop").services["db"]["networks"]["default"]["aliases"] == ["shop_db"]
    assert "aliases" not in (read().services["web"]["networks"]["front"] or {})


def test_a_plain_stack_loses_nothing(read):
    environment = read("services: {a: {image: a, ports: ['80:80'], environment: {A: '1'}}}")
    assert environment.losses == ()
    assert (environment.source, environment.silent) == ("swarm", swarm.SILENT)
    assert environment.origins.of(("services", "a", "image")) == Origin("docker-stack.yml", 1)


IGNORED_BY_SWARM = "services: {a: {image: a, container_name: xy, deploy: {replicas: 2}%s}}"


def test_what_only_compose_cares_for_does_not_stop_the_reading(read):
    environment = read(IGNORED_BY_SWARM % ", depends_on: [gone]")
    assert {loss.path for loss in environment.losses} == {
        "services.a.depends_on", "services.a.container_name",
    }  # fmt: skip


@pytest.mark.parametrize(
    "more", ["networks: [no]", "volumes: ['no:/x']", "secrets: [no]", "configs: [no]"]
)
def test_names_that_nobody_defines_are_refused_all_the_same(read, tmp_path, more):
    with pytest.raises(DefinitionError) as caught:
        read(IGNORED_BY_SWARM % f", {more}")
    assert "undefined" in caught.value.message
    kind = more.partition(":")[0]
    entry = {"type": "volume", "source": "no"}
    service = {"image": "a", kind: {"no": None} if kind == "networks" else [entry]}
    unchecked = Environment("prod", "swarm", (), {"services": {"a": service}})
    with pytest.raises(DefinitionError) as caught:
        swarm._check_references(unchecked)
    assert f"service a names no, which is not under `{kind}`" in caught.value.message
    swarm._check_references(replace(unchecked, document={**unchecked.document, kind: {"no": {}}}))


def test_refusals_are_composes_own(read):
    with pytest.raises(DefinitionError) as caught:
        read("services:\n  web: [\n")
    assert caught.value.where.endswith(("docker-stack.yml:2", "docker-stack.yml:3"))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("docker-stack.yml", "services:\n  a: {image: a}\n", True),
        ("shop.swarm.yaml", "services:\n  a: {image: a}\n", True),
        ("compose.yaml", "services:\n  a:\n    deploy:\n      mode: global\n", True),
        (
            "compose.yaml",
            "services:\n  a:\n    deploy:\n      update_config:\n        delay: 2s\n",
            True,
        ),
        (
            "compose.yaml",
            "services:\n  a: {image: a}\nnetworks:\n  x:\n    driver: overlay\n",
            True,
        ),
        ("compose.yaml", "services:\n  a:\n    deploy:\n      replicas: 2\n", False),
        ("compose.yaml", "services:\n  haystack:\n    image: a\n", False),
        ("haystack.yaml", "services:\n  a: {image: a}\n", False),
        ("docker-stack.yml", "kind: Deployment\n", False),
        ("stack.txt", "services:\n", False),
    ],
)
def test_only_what_is_meant_for_a_swarm_is_taken_for_it(tmp_path, name, text, said):
    (tmp_path / name).write_text(text)
    assert swarm.recognises(tmp_path / name) is said
    assert not swarm.recognises(tmp_path)
    if said:
        assert compose.recognises(tmp_path / name)
