import logging

import pytest

from parity.errors import UsageError
from parity.model.progress import Step
from parity.testing import own
from parity.testing.own import OwnStack, told
from parity.testing.project import Wanted

COMPOSE = """
services:
  db: {image: "example/db:1"}
  web: {image: "example/web:1", depends_on: [db]}
  built: {build: .}
"""


@pytest.fixture
def root(tmp_path):
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    return tmp_path


@pytest.fixture
def written(monkeypatch):
    """Without an engine nothing can be resolved: the secrets stay what parity makes of them."""
    monkeypatch.setattr(own, "_as_written", lambda session: session)


def test_progress_is_logged(caplog):
    with caplog.at_level(logging.INFO, logger="parity.testing"):
        told(Step("db", "healthy", "done"))
    assert caplog.messages == ["db: healthy"]


def test_nothing_is_made_before_it_is_needed(root):
    stack = OwnStack(Wanted(root))
    assert stack.environment().services.keys() == {"db", "web", "built"}
    assert not (root / ".parity").exists()


def test_images_of_compose_files_alone_are_built_as_docker_compose_does(root, written):
    session = OwnStack(Wanted(root)).session
    assert session.project.local.build == ("built",)
    assert session.identity.name.endswith("-t1")


def test_some_services_are_the_definition_with_the_others_out_of_reach(root, written):
    stack = OwnStack(Wanted(root, services=("web",)))
    assert stack.environment().services.keys() == {"db", "web"}
    assert stack.session.project.local.build == ()


def test_ports_are_published_on_demand(root, written):
    stack = OwnStack(Wanted(root, services=("db",)), publish=[("db", 5432)])
    services = stack.environment().services
    assert services.keys() == {"db"}
    assert [port["target"] for port in services["db"]["ports"]] == [5432]


def test_a_service_that_is_not_there_is_told_before_anything_starts(root, written):
    with pytest.raises(UsageError, match="no service `cache`"):
        _ = OwnStack(Wanted(root, services=("cache",))).session


def test_the_committed_lock_is_where_it_begins(root, written):
    (root / "parity.toml").write_text('[environments.prod]\nfiles = ["compose.yaml"]\n')
    (root / "parity.lock").write_text('{"schema": 1, "environments": {}}\n')
    session = OwnStack(Wanted(root)).session
    assert session.paths.lock.read_text() == (root / "parity.lock").read_text()
    assert session.paths.lock.parent.parent == root / ".parity"


def test_stopping_what_never_ran_is_nothing_to_do(root, written):
    OwnStack(Wanted(root)).stop()
