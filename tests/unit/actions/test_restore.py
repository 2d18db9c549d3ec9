"""Which state a killed reset was on its way to, and which jobs a state spares."""

from types import SimpleNamespace

import pytest

from parity.actions import restore as module
from parity.actions.restore import go_on, unfinished
from parity.actions.stand import remember
from parity.errors import StateError
from parity.model.stack import Container
from parity.model.state import State
from parity.paths import StackPaths
from parity.state import marks

ONE = State("1", "one", "shop", "d1", "2026", "copy", (), {"migrate": "sha256:a"})


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.setattr(marks, "of_project", lambda project: (ONE,))
    files = StackPaths(tmp_path / ".parity" / "shop")
    return SimpleNamespace(files=files, identity=SimpleNamespace(project="shop"))


def test_the_state_it_went_to_is_found(session):
    remember(session, "1", pending=True)
    assert unfinished(session) == ONE


def test_one_that_is_gone_says_what_to_do(session):
    remember(session, "2", pending=True)
    with pytest.raises(StateError, match="is gone") as caught:
        unfinished(session)
    assert "parity reset NAME" in caught.value.next_step
    assert "one" in caught.value.next_step
    assert "parity down --volumes" in caught.value.next_step


@pytest.mark.parametrize(("image", "spared"), [("sha256:a", True), ("sha256:b", False)])
def test_a_job_is_spared_where_the_state_was_made_with_its_image(image, spared):
    attrs = {"Config": {"Labels": {"dev.parity.service": "migrate"}}, "Image": image}
    assert module._knows(ONE, attrs) is spared


def test_only_what_is_paused_is_let_go_on(monkeypatch):
    started = []
    monkeypatch.setattr(module, "start", lambda client, one: started.append(one.name))
    states = ("running", "paused", "exited")
    go_on(None, [Container(s, s, "db", 1, s, "", 0, "", "service", "") for s in states])
    assert started == ["paused"]
