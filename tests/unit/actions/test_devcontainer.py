"""`.devcontainer/` is written once, and what somebody has there is never lost."""

import pytest

from parity.actions import devcontainer as module
from parity.actions.devcontainer import chosen, define
from parity.errors import ConfigError, UsageError

COMPOSE = """\
services:
  db: {image: "db:1", volumes: ["data:/data"]}
  web: {image: "web:1", depends_on: [db], ports: ["80:8000"]}
  side: {image: "web:1", network_mode: "service:web"}
volumes: {data: {}}
"""


@pytest.fixture
def opened(project, monkeypatch):
    """A session of a project whose [devcontainer] names a service, or that has none."""

    def make(table='[devcontainer]\nservice = "web"\n'):
        from parity.actions.session import open_session
        from parity.config.load import load
        from parity.paths import ProjectPaths

        toml = f'[project]\nname = "shop"\n[environments.prod]\nfiles = ["compose.yaml"]\n{table}'
        paths = ProjectPaths(project(COMPOSE, toml))
        return open_session(paths, load(paths))

    return make


def _done(found):
    return {one.file.name: one.done for one in found.files}


def test_it_is_written_and_stays_as_it_is(opened):
    session = opened()
    first = define(session)
    assert _done(first) == {"devcontainer.json": "written", "Dockerfile": "written"}
    assert first.settled
    assert set(_done(define(session)).values()) == {"same"}


def test_what_is_there_is_shown_and_never_overwritten(opened):
    session = opened()
    file = session.paths.devcontainer / "devcontainer.json"
    file.parent.mkdir()
    file.write_text('{"image": "mine"}\n')
    found = define(session)
    assert _done(found) == {"devcontainer.json": "differs", "Dockerfile": "written"}
    assert not found.settled
    assert '-{"image": "mine"}' in found.files[0].diff
    assert '+  "service": "web",' in found.files[0].diff
    assert file.read_text() == '{"image": "mine"}\n'


def test_a_check_writes_nothing(opened):
    session = opened()
    found = define(session, check=True)
    assert set(_done(found).values()) == {"missing"}
    assert not found.settled
    assert not session.paths.devcontainer.exists()


def test_without_a_service_the_table_is_shown(opened):
    with pytest.raises(ConfigError) as caught:
        define(opened(""))
    assert caught.value.next_step == (
        'write [devcontainer] with service = "web" in parity.toml; there are: db, side, web'
    )


def test_a_service_that_is_none_is_told_with_the_nearest(opened):
    with pytest.raises(ConfigError, match="names no service: wep") as caught:
        define(opened('[devcontainer]\nservice = "wep"\n'))
    assert "`web`" in caught.value.next_step


@pytest.mark.parametrize(
    ("service", "words"), [("db", "data of its own"), ("side", "shares another one's network")]
)
def test_a_service_that_a_reset_makes_anew_is_told(opened, service, words):
    (note,) = define(opened(f'[devcontainer]\nservice = "{service}"\n')).notes
    assert words in note


def test_another_definition_beside_it_is_told(opened):
    session = opened()
    (session.paths.root / ".devcontainer.json").write_text("{}")
    (note,) = define(session).notes
    assert ".devcontainer.json" in note


def test_a_file_that_cannot_be_read_is_told(opened):
    session = opened()
    (session.paths.devcontainer / "devcontainer.json").mkdir(parents=True)
    with pytest.raises(UsageError, match="cannot read"):
        define(session)


def test_a_file_in_the_folder_s_place_is_told(opened):
    session = opened()
    session.paths.devcontainer.write_text("")
    with pytest.raises(UsageError, match="cannot"):
        define(session)
    assert module.files


def test_a_job_is_the_last_that_is_proposed(opened, monkeypatch):
    services = {
        "fill": {"image": "a", "depends_on": {"store": {"condition": "service_started"}}},
        "store": {"image": "a", "volumes": [{"type": "volume"}]},
        "web": {
            "image": "a",
            "depends_on": {"fill": {"condition": "service_completed_successfully"}},
        },
    }
    with pytest.raises(ConfigError) as caught:
        chosen(opened(""), {name: services[name] for name in ("fill", "store")})
    with pytest.raises(ConfigError) as all_three:
        chosen(opened(""), services)
    assert 'service = "web"' in all_three.value.next_step
    assert 'service = "' in caught.value.next_step
