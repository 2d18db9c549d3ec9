"""An editor's stack is chosen, kept and given back."""

from contextlib import nullcontext

import pytest

from parity.actions import devcontainer_start as module
from parity.errors import ConfigError
from parity.model.progress import silent

TOML = '[environments.prod]\nfiles = ["compose.yaml"]\n[devcontainer]\nservice = "web"\n'


@pytest.fixture
def ups(monkeypatch):
    """Every `up`, and whether an editor was wanted at that time."""
    found = []
    monkeypatch.setattr(module, "up", lambda s, *_: found.append(s.files.edited.exists()) or "up")
    monkeypatch.setattr(module, "mutex", lambda *_: nullcontext())
    monkeypatch.setattr(module.observe, "of_stack", lambda _: found)
    return found


@pytest.fixture
def defined(session):
    """A session whose folder has a recipe."""
    one = session("", TOML)
    one.paths.devcontainer.mkdir()
    (one.paths.devcontainer / "Dockerfile").write_text("FROM x\n")
    return one


def test_a_start_is_remembered_and_leaves_a_link(defined, ups):
    one = defined
    assert module.start(one, silent) == "up"
    assert module.start(one, silent) == "up"
    assert ups == [True, True]
    assert one.paths.editor.resolve() == one.files.folder.resolve()


def test_a_stop_brings_production_s_image_back(defined, ups):
    one = defined
    module.start(one, silent)
    assert module.stop(one, silent) == "up"
    assert ups == [True, False]


def test_a_stop_without_a_stack_starts_none(session, ups):
    assert module.stop(session("", TOML), silent) is None
    assert ups == []


def test_a_project_that_names_no_service_is_told(session, ups):
    with pytest.raises(ConfigError, match="which service"):
        module.start(session("", '[environments.prod]\nfiles = ["compose.yaml"]\n'), silent)
    assert ups == []


def test_what_cannot_come_up_is_not_remembered(session, ups):
    one = session("", TOML)
    with pytest.raises(ConfigError, match=r"no \.devcontainer/Dockerfile"):
        module.start(one, silent)
    assert not one.files.edited.exists()
    assert ups == []
