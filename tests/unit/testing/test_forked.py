import contextlib

import pytest

from parity.errors import UsageError
from parity.model.state import Fork
from parity.testing import forked as module
from parity.testing.forked import ForkedStack
from parity.testing.project import Wanted

COMPOSE = "services:\n  web: {image: example/web}\n"


@pytest.fixture
def life(monkeypatch):
    found = []

    @contextlib.contextmanager
    def forked(session, *, state, empty, services, progress):
        found.append((session.identity.name, state, empty, services))
        yield Fork("r1", f"{session.identity.name}-r1", session.identity.name, state)
        found.append("gone")

    monkeypatch.setattr(module, "forked", forked)
    return found


@pytest.mark.parametrize(("state", "empty"), [("seeded", False), ("", True)])
def test_it_is_there_from_up_to_down(project, life, state, empty):
    root = project(COMPOSE)
    stack = ForkedStack(Wanted(root, services=("web",)), state)
    assert not stack.begun
    assert stack.up(None) == {}
    stack.up(None)
    origin = life[0][0]
    assert life == [(origin, state, empty, ("web",))], "once"
    assert (stack.name, stack.compose_arguments()) == (
        f"{origin}-r1",
        ["--project-name", stack.name],
    )
    stack.stop()
    assert life[1:] == ["gone"]
    assert not stack.begun
    stack.down()


def test_before_it_is_there_it_has_no_name(project, life):
    with pytest.raises(UsageError, match="not started"):
        _ = ForkedStack(Wanted(project(COMPOSE)), "").name


def test_the_definition_can_be_read_at_any_time(project, life):
    assert list(ForkedStack(Wanted(project(COMPOSE)), "").environment().services) == ["web"]


@pytest.mark.parametrize("more", [{"files": ("compose.yaml",)}, {"profiles": ("p",)}])
def test_it_is_of_a_projects_stack_alone(project, life, more):
    with pytest.raises(UsageError, match="a fork is one of a project's stack"):
        ForkedStack(Wanted(project(COMPOSE), **more), "").up(None)


def test_compose_files_alone_have_no_states(tmp_path, life):
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    with pytest.raises(UsageError, match="parity.toml"):
        ForkedStack(Wanted(tmp_path), "seeded").up(None)
