"""Planted secrets of production appear in nothing that parity writes or prints."""

import json
import stat

import pytest

from parity.actions.create import remember, write_files
from parity.model.lock import EnvironmentLock, Lock, Pin
from parity.stack import fingerprint, lockfile, render

WHOLE = "CANARY-whole-71d0"
URL = "CANARYurl9c2e"
TOKEN = "ghp_CANARY0123456789abcdefABCDEF"
LABEL = "CANARY-label-2b"
ANCHOR = "CANARY-anchor-4d"
ARGUMENT = "CANARY-argument-6f"
BUILD = "CANARY-build-8a"
LOGGING = "CANARY-logging-0c"
STORAGE = "CANARY-storage-1e"
DECLARED = "CANARY-declared-3a"
PLAIN = "CANARY-plain-5c"
FILE = "CANARY-file-7e"
ENV_FILE = "CANARY-envfile-9b"
CANARIES = [
    WHOLE, URL, TOKEN, LABEL, ANCHOR, ARGUMENT, BUILD, LOGGING, STORAGE, DECLARED, PLAIN, FILE, ENV_FILE,
]  # fmt: skip

IMAGE = "a@sha256:" + "00" * 32
COMPOSE = f"""\
x-common: &common
  ADMIN_PASSWORD: {ANCHOR}
x-list: ["API_TOKEN={ANCHOR}"]
services:
  web:
    image: {IMAGE}
    build:
      context: .
      args:
        NPM_TOKEN: {BUILD}
    environment:
      <<: *common
      DB_PASSWORD: {WHOLE}
      DATABASE_URL: postgres://app:{URL}@db/app
      GIT: {TOKEN}
      FROM_SHELL: pre-${{SHELL_SECRET}}-post
      SETTING: ${{PLAIN_NAME}}
      SHELL_SECRET:
    env_file: [web.env]
    command: [serve, --password, {WHOLE}, "--url=postgres://app:{URL}@db/app", "--token={ARGUMENT}"]
    entrypoint: ["sh", "-c", "login {TOKEN}"]
    healthcheck:
      test: ["CMD", "ping", "-a", {WHOLE}]
    labels:
      traefik.auth.token: {LABEL}
    logging:
      driver: splunk
      options:
        splunk-token: {LOGGING}
    configs: [app]
    secrets: [file]
    volumes: [data:/data]
  db:
    image: {IMAGE}
    environment:
      POSTGRES_PASSWORD: {WHOLE}
      PLAIN_NAME: {PLAIN}
configs:
  app:
    content: |
      password = {WHOLE}
      url = postgres://app:{URL}@db/app
secrets:
  file:
    file: ./secret.txt
volumes:
  data:
    driver_opts:
      type: cifs
      o: password={STORAGE}
"""
TOML = """\
[environments.prod]
files = ["compose.yaml"]
env-files = ["prod.env"]
[secrets]
SHELL_SECRET = {}
PLAIN_NAME = { length = 12 }
"""


@pytest.fixture
def planted(session, engine, monkeypatch):
    """A project full of secrets, declared ones also in the shell and in an env file."""
    monkeypatch.setenv("SHELL_SECRET", DECLARED)
    files = {
        "secret.txt": FILE,
        "prod.env": f"PLAIN_NAME={PLAIN}\nSHELL_SECRET={DECLARED}\n",
        "web.env": f"MAIL_PASSWORD={ENV_FILE}\n",
    }
    return session(COMPOSE, TOML, **files)


@pytest.fixture
def resolution(planted):
    from parity.actions.resolve import resolve_stack
    from parity.model.progress import silent

    return resolve_stack(planted, silent)


def canaries_in(text):
    return [canary for canary in CANARIES if canary in text]


def test_the_document_and_the_overrides_hold_no_value(resolution):
    resolved = resolution.resolved
    assert canaries_in(json.dumps(resolved.document)) == []
    assert canaries_in(json.dumps([row.as_json() for row in resolved.overrides], default=str)) == []
    assert (
        canaries_in(repr(resolved.losses) + repr(resolved.hashes) + repr(resolved.hostnames)) == []
    )


def test_each_secret_is_listed_as_an_override(resolution):
    rows = {row.as_json()["path"]: row.as_json() for row in resolution.resolved.overrides}
    for path in (
        "services.web.environment.DB_PASSWORD", "services.web.environment.DATABASE_URL",
        "services.web.command[2]", "configs.app.content", 'services.web.labels["traefik.auth.token"]',
        "services.web.environment.FROM_SHELL",
    ):  # fmt: skip
        assert rows[path]["production"] == "(production's secret)"


def test_one_secret_has_one_stand_in_wherever_it_stands(resolution):
    document = resolution.resolved.document
    web = document["services"]["web"]
    reference = web["environment"]["DB_PASSWORD"]
    assert web["command"][2] == reference
    assert web["healthcheck"]["test"][3] == reference
    assert document["services"]["db"]["environment"]["POSTGRES_PASSWORD"] == reference
    assert document["configs"]["app"]["content"].startswith(f"password = {reference}\n")
    made = resolution.vault.reveal(reference)
    assert (len(made), made[6], made[12]) == (len(WHOLE), "-", "-")


def test_what_is_no_secret_stays_as_production_has_it(resolution):
    web = resolution.resolved.document["services"]["web"]
    assert web["command"][:2] == ["serve", "--password"]
    assert web["environment"]["DATABASE_URL"].startswith("postgres://app:${secret:")
    assert web["environment"]["DATABASE_URL"].endswith("@db/app")


def test_files_hold_no_value_of_production_and_stand_ins_only_where_nobody_else_reads(
    planted, resolution
):
    write_files(planted, resolution)
    remember(planted, resolution)
    stand_ins = [
        entry["value"]
        for stack in json.loads(planted.paths.secrets.read_text())["stacks"].values()
        for entry in stack.values()
    ]
    assert len(stand_ins) > 8
    seen = 0
    for file in planted.paths.state.rglob("*"):
        if not file.is_file():
            continue
        text = file.read_text()
        assert canaries_in(text) == [], file
        if any(value in text for value in stand_ins):
            seen += 1
            mode = stat.S_IMODE(file.stat().st_mode)
            private = stat.S_IMODE(file.parent.stat().st_mode) == 0o700
            assert mode == 0o600 or (mode == 0o444 and private), file
    assert seen >= 3
    assert stat.S_IMODE(planted.files.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(planted.files.secret_files.stat().st_mode) == 0o700


def test_the_lock_holds_no_value(planted, resolution):
    definition = fingerprint.definition(resolution.environment, planted.paths.root)
    body = EnvironmentLock(definition, {IMAGE: Pin("sha256:x")})
    lockfile.write(planted.paths.lock, Lock({"prod": body}))
    assert canaries_in(planted.paths.lock.read_text()) == []


@pytest.mark.parametrize(
    "arguments",
    [(), ("--json",), ("--overrides",), ("--overrides", "--json"), ("--hosts",), ("--images",),
     ("--services",), ("--losses",)],
)  # fmt: skip
def test_config_prints_no_value(planted, cli, arguments):
    code, out, err = cli("config", *arguments, directory=planted.paths.root)
    assert code == 0, err
    assert canaries_in(out + err) == []


def test_the_rendered_document_is_one_that_compose_reads_with_stand_ins(planted, resolution):
    from parity.sources import compose
    from parity.sources.contract import Request

    write_files(planted, resolution)
    read = compose.start(Request("x", planted.files.folder, files=["compose.yaml"])).result()
    reveal = resolution.vault.reveal
    for name, service in resolution.resolved.document["services"].items():
        for key, value in service["environment"].items():
            assert read.services[name]["environment"][key] == reveal(value)
    assert render.secrets_in(resolution.resolved.document)


@pytest.mark.parametrize("word", ["postgres", "redis", "secret", "web"])
def test_a_password_that_is_an_ordinary_word_does_not_rename_anything_else(session, engine, word):
    from parity.actions.resolve import resolve_stack
    from parity.model.progress import silent

    text = f"""\
services:
  {word}:
    image: {word}@sha256:{"00" * 32}
    hostname: {word}
    command: [{word}, --user, {word}]
    environment:
      POSTGRES_PASSWORD: {word}
      POSTGRES_USER: {word}
      URL: {word}://{word}:{word}@{word}/{word}
    volumes: [{word}:/var/lib/{word}ql/data]
volumes:
  {word}: {{}}
"""
    document = resolve_stack(session(text), silent).resolved.document
    service = document["services"][word]
    assert service["image"].startswith(f"{word}@")
    assert service["hostname"] == word
    assert service["command"] == [word, "--user", word]
    assert service["environment"]["POSTGRES_USER"] == word
    made = service["environment"]["POSTGRES_PASSWORD"]
    assert made.startswith("${secret:")
    assert service["environment"]["URL"] == f"{word}://{word}:{made}@{word}/{word}"
    assert service["volumes"][0]["target"] == f"/var/lib/{word}ql/data"
