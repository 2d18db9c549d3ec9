"""parity capture: one file without secrets, left alone while nothing has changed."""

import json
import re

import pytest

from parity.actions import capture
from parity.errors import ConfigError, UsageError
from parity.model.document import get, parse
from parity.model.hidden import UNKNOWN
from parity.model.progress import silent
from parity.secrecy import keys
from parity.sources import snapshot as source
from parity.sources.contract import Request

STRONG = "kX9vQz3LmPw7RtYb2NdF4hJs"
COMPOSE = f"""\
services:
  web:
    image: web:1
    environment:
      TZ: UTC
      DB_PASSWORD: {STRONG}
      PIN_PASSWORD: hunter2
      FROM_VAULT: ${{VAULT}}
    volumes: [./web.conf:/etc/web.conf]
    configs: [c]
configs:
  c:
    content: |
      token = abcdef99
"""
TOML = '[project]\nname = "Shop"\n[environments.prod]\nfiles = ["compose.yaml"]\n[secrets]\nVAULT = {}\n'


@pytest.fixture(autouse=True)
def environ(monkeypatch, tmp_path_factory):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
    monkeypatch.delenv("PARITY_KEY", raising=False)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    return monkeypatch


@pytest.fixture
def one(session):
    return session(COMPOSE, TOML, **{"web.conf": "password = s3cr3t99\n"})


def value(done, path):
    return get(json.loads(done.text)["document"], parse(path))


def test_the_file_is_where_it_is_looked_for(one):
    done = capture.capture(one, silent)
    assert done.file == one.paths.root / "environments" / "prod.json"
    assert done.file.read_text() == done.text
    assert (done.environment, done.changed, done.services) == ("prod", True, 1)
    tree = json.loads(done.text)
    assert tree["captured"] == "2023-11-14T22:13:20Z"
    assert tree["files"] == ["${project}/compose.yaml"]
    assert tree["source"] == "compose"


def test_it_holds_no_value_and_says_what_it_hid(one):
    done = capture.capture(one, silent)
    for secret in (STRONG, "hunter2", "abcdef99", "s3cr3t99", done.key.value):
        assert secret not in done.text
        assert secret not in repr(done)
    assert set(done.hidden) == {
        "services.web.environment.DB_PASSWORD",
        "services.web.environment.PIN_PASSWORD",
        "services.web.volumes[0].x-content",
        "configs.c.content",
    }
    assert done.referred == 1
    strong = value(done, "services.web.environment.DB_PASSWORD")["$secret"]
    assert re.fullmatch(r"scrypt:[0-9a-f]{8}:[0-9a-f]{32}", strong["fingerprint"])
    weak = value(done, "services.web.environment.PIN_PASSWORD")["$secret"]
    assert weak == {"kind": "alnum", "length": 7}
    vault = value(done, "services.web.environment.FROM_VAULT")["$secret"]
    assert vault == {"kind": UNKNOWN, "name": "VAULT"}


def test_a_second_capture_leaves_the_file_alone(one, environ):
    first = capture.capture(one, silent)
    before = first.file.stat().st_mtime_ns
    environ.setenv("SOURCE_DATE_EPOCH", "1800000000")
    second = capture.capture(one, silent)
    assert not second.changed
    assert second.text == first.text
    assert first.file.stat().st_mtime_ns == before
    (one.paths.root / "compose.yaml").write_text(COMPOSE.replace("UTC", "CET"))
    third = capture.capture(one, silent)
    assert third.changed
    assert json.loads(third.text)["captured"].startswith("2027")


def test_without_an_epoch_it_is_now(one, environ):
    environ.delenv("SOURCE_DATE_EPOCH")
    captured = json.loads(capture.capture(one, silent).text)["captured"]
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", captured)


@pytest.mark.parametrize("epoch", ["soon", "-1", "1" * 30, "²"])
def test_an_odd_epoch_is_refused(one, environ, epoch):
    environ.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(UsageError, match="SOURCE_DATE_EPOCH"):
        capture.capture(one, silent)


def test_it_reads_as_what_was_captured(one):
    file = capture.capture(one, silent).file
    back = source.start(Request("prod", file.parent, files=[file.name])).result()
    assert back.services["web"]["environment"]["TZ"] == "UTC"
    assert back.services["web"]["volumes"][0]["source"] == str(one.paths.root / "web.conf")
    place = back.origins.of(("services", "web", "environment", "TZ"))
    assert str(place) == f"{one.paths.root / 'compose.yaml'}:5"
    at_root = source.start(
        Request("prod", one.paths.root, files=["environments/prod.json"])
    ).result()
    assert str(at_root.origins.of(("services", "web", "environment", "TZ"))) == "compose.yaml:5"


def test_stdout_writes_no_file(one):
    done = capture.capture(one, silent, output="-")
    assert done.file is None
    assert not done.changed
    assert not (one.paths.root / "environments").exists()
    assert json.loads(done.text)["name"] == "prod"


def test_a_file_that_is_no_snapshot_is_left_alone(one, tmp_path):
    for name in ("package.json", "notes.txt"):
        (tmp_path / name).write_text('{"name": "x"}')
        with pytest.raises(UsageError, match="not a snapshot; it is left alone"):
            capture.capture(one, silent, output=str(tmp_path / name))
        assert (tmp_path / name).read_text() == '{"name": "x"}'
    with pytest.raises(UsageError, match="is a folder"):
        capture.capture(one, silent, output=str(tmp_path))


def test_a_damaged_snapshot_is_written_anew(one):
    file = capture.capture(one, silent).file
    file.write_text(file.read_text()[:300])
    assert capture.capture(one, silent).changed
    json.loads(file.read_text())


def test_a_folder_that_cannot_be_made(one, tmp_path):
    (tmp_path / "flat").write_text("")
    with pytest.raises(UsageError):
        capture.capture(one, silent, output=str(tmp_path / "flat" / "x" / "prod.json"))


def test_the_key_is_made_once_and_told(one):
    first, second = capture.capture(one, silent), capture.capture(one, silent, output="-")
    assert (first.key.created, second.key.created) == (True, False)
    assert first.key.place == str(keys.location("shop"))
    assert value(first, "services.web.environment.DB_PASSWORD") == value(
        second, "services.web.environment.DB_PASSWORD"
    )


def test_another_key_does_not_silently_change_every_fingerprint(one, environ):
    file = capture.capture(one, silent).file
    before = file.read_text()
    environ.setenv("PARITY_KEY", "f" * 64)
    with pytest.raises(UsageError, match="captured with another key") as caught:
        capture.capture(one, silent)
    assert "--rekey" in caught.value.next_step
    assert "f" * 64 not in str(vars(caught.value))
    assert file.read_text() == before
    assert capture.capture(one, silent, rekey=True).changed
    assert not capture.capture(one, silent).changed
    environ.delenv("PARITY_KEY")
    with pytest.raises(UsageError, match="captured with another key"):
        capture.capture(one, silent)


def test_a_weak_key_is_refused(one, environ):
    environ.setenv("PARITY_KEY", "swordfish")
    with pytest.raises(ConfigError, match="needs at least 32"):
        capture.capture(one, silent)


def test_a_project_without_secrets_needs_no_key(session):
    done = capture.capture(session("services: {web: {image: a, environment: {TZ: UTC}}}\n"), silent)
    assert (done.hidden, done.referred, done.key) == ((), 0, None)
    assert not keys.location("shop").parent.exists()


def test_unknown_environments_and_snapshots_are_refused(session):
    toml = '[environments.prod]\nsource = "snapshot"\nfiles = ["x.json"]\n'
    one = session(toml=toml)
    with pytest.raises(UsageError, match="snapshot already"):
        capture.capture(one, silent)
    with pytest.raises(UsageError, match="no environment `staging`") as caught:
        capture.capture(one, silent, name="staging")
    assert "prod" in caught.value.next_step


def test_the_command_line(one, cli):
    code, out, err = cli("capture", "prod", directory=one.paths.root)
    assert (code, out) == (0, "")
    assert "wrote" in err
    assert "hid 4 secrets: " in err
    assert "services.web.environment.DB_PASSWORD" in err
    assert "1 secret by name only" in err
    assert "project's key" in err
    code, out, err = cli("capture", "prod", "-o", "-", directory=one.paths.root)
    assert code == 0
    assert json.loads(out)["name"] == "prod"
    assert "project's key" not in err
    code, out, err = cli("capture", "nowhere", directory=one.paths.root)
    assert (code, out) == (2, "")
    for text in (out, err):
        assert STRONG not in text
