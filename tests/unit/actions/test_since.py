"""An environment as it is, against a snapshot of it."""

import json
from datetime import UTC, datetime

import pytest

from parity.actions.capture import capture
from parity.actions.diff_request import DiffRequest
from parity.actions.session import open_session
from parity.actions.since import NEWEST, since, when
from parity.config.load import load
from parity.errors import UsageError
from parity.model.progress import silent
from parity.model.setting import Layer
from parity.paths import ProjectPaths

PROD = """\
services:
  web:
    image: shop/web:1.2.3
    environment:
      WORKERS: "4"
      DB_PASSWORD: hunter2hunter2hunter2
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A project whose production was captured on two days."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PARITY_KEY", "k" * 40)
    (tmp_path / "parity.toml").write_text(
        '[project]\nname = "shop"\n[environments.prod]\nfiles = ["prod.yaml"]\n'
        '[environments.dev]\nfiles = ["dev.yaml"]\n'
    )
    (tmp_path / "prod.yaml").write_text(PROD)
    (tmp_path / "dev.yaml").write_text(PROD)
    paths = ProjectPaths(tmp_path)
    project = load(paths)
    session = open_session(paths, project)
    for day in ("1762000000", "1763000000"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", day)
        capture(session, silent, name="prod", output=str(tmp_path / "environments" / f"{day}.json"))
    return paths, project


def run(shop, word=NEWEST, **request):
    return since(*shop, DiffRequest(**request), word, silent)


def change(shop, text):
    (shop[0].root / "prod.yaml").write_text(text)


def test_nothing_changed_and_the_same_secret_is_no_finding(shop):
    report = run(shop, left="prod")
    assert report.findings == ()
    assert report.left.name == "prod of 2025-11-13"
    assert report.right.name == "prod"
    assert "what changed in prod since 2025-11-13" in report.notes[0]


def test_what_changed_is_found(shop):
    change(shop, PROD.replace('"4"', '"8"'))
    report = run(shop)
    assert [each.setting for each in report.findings] == ["services.web.environment.WORKERS"]
    assert (report.findings[0].places[0].left, report.findings[0].places[0].right) == ("4", "8")


def test_an_older_snapshot_by_its_file(shop):
    file = shop[0].root / "environments" / "1762000000.json"
    assert run(shop, str(file)).left.name == "prod of 2025-11-01"
    assert run(shop, str(file), left=str(shop[0].root / "prod.yaml")).findings == ()


def test_a_damaged_snapshot_is_no_newest_one(shop):
    file = shop[0].root / "environments" / "1764000000.json"
    whole = json.loads((shop[0].root / "environments" / "1763000000.json").read_text())
    file.write_text(json.dumps({"schema": whole["schema"], "captured": "2029"}))
    assert run(shop).left.name == "prod of 2025-11-13"


def test_the_snapshot_s_layers_are_read(shop, monkeypatch):
    asked = []

    def with_layers(environment, layers, progress, *, base):
        asked.append(set(layers))
        return environment

    monkeypatch.setattr("parity.actions.since.with_layers", with_layers)
    run(shop)
    run(shop, read=frozenset({Layer.IMAGE}))
    assert asked == [set(), {Layer.IMAGE}]


@pytest.mark.parametrize(
    ("request_", "word", "message"),
    [
        ({"left": "dev"}, "environments/1762000000.json", "is a snapshot of `prod`, not of `dev`"),
        ({"left": "dev"}, NEWEST, "no snapshot of `dev`"),
        ({"left": "prod", "right": "dev"}, NEWEST, "one environment with its own past"),
        ({"left": "local"}, NEWEST, "nobody captures what runs on this machine"),
        ({"left": "prod"}, "prod", "prod is no snapshot"),
        ({"left": "prod"}, "nothing.json", "no environment, file or folder"),
    ],
)
def test_what_makes_no_sense_is_refused(shop, request_, word, message, monkeypatch):
    monkeypatch.chdir(shop[0].root)
    with pytest.raises(UsageError) as raised:
        run(shop, word, **request_)
    assert message in raised.value.message


def test_a_snapshot_of_an_environment_that_is_not_named_here(shop, monkeypatch):
    file = shop[0].root / "environments" / "1763000000.json"
    tree = json.loads(file.read_text())
    file.write_text(json.dumps({**tree, "name": "other"}))
    with pytest.raises(UsageError) as raised:
        run(shop, str(file))
    assert "which parity.toml does not name" in raised.value.message


def test_a_day_and_the_time_of_today():
    assert when("2025-11-01T10:20:30Z") == "2025-11-01"
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    assert when(f"{today}T10:20:30Z") == "10:20 UTC"
