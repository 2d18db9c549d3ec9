"""Which state is meant, what may be replaced, and what does not fit here; the rest needs an engine."""

import os
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from parity.actions import state_ship
from parity.errors import EngineError, StateError, UsageError
from parity.model.state import SavedVolume, State
from parity.state import lost, marks

VOLUME = SavedVolume("data", ("db",), 1, 1, "d", "q")
ONE = State("1", "seeded", "shop", "d1", "2026", "copy", (VOLUME,), {"db": "img", "web": "w"})
TWO = replace(ONE, id="2", name="large")
NEWER = replace(ONE, id="3")
SESSION = SimpleNamespace(identity=SimpleNamespace(project="shop", name="shop-1"))


@pytest.fixture
def states(monkeypatch):
    found = []
    monkeypatch.setattr(marks, "of_project", lambda project: tuple(found))
    monkeypatch.setattr(lost, "stores", list)
    return found


def test_a_state_that_is_named_is_meant(states):
    states += [ONE, TWO]
    assert state_ship._chosen(SESSION, "large", "seeded") == TWO


def test_else_the_newest_of_the_tags_name(states):
    states += [ONE, NEWER, TWO]
    assert state_ship._chosen(SESSION, "", "seeded") == NEWER


def test_else_the_only_one(states):
    states += [ONE, NEWER]
    assert state_ship._chosen(SESSION, "", "v1") == NEWER


def test_of_several_none_is_guessed(states):
    states += [ONE, TWO]
    with pytest.raises(StateError, match="which state") as caught:
        state_ship._chosen(SESSION, "", "v1")
    assert "seeded, large" in caught.value.next_step


def test_without_any_it_is_said_how_to_make_one(states):
    with pytest.raises(StateError, match="there is no state"):
        state_ship._chosen(SESSION, "", "v1")


def test_a_name_that_is_taken_is_refused_unless_it_may_go(states):
    states += [ONE, TWO]
    assert state_ship._free(SESSION, "new", over=False) == []
    assert state_ship._free(SESSION, "seeded", over=True) == [ONE]
    with pytest.raises(StateError, match="already") as caught:
        state_ship._free(SESSION, "seeded", over=False)
    assert "--name" in caught.value.next_step
    assert "--replace" in caught.value.next_step


def misfits(monkeypatch, *containers):
    found = [SimpleNamespace(service=s, image_id=i, image="") for s, i in containers]
    monkeypatch.setattr(state_ship.observe, "of_stack", lambda name: found)
    return state_ship._misfits(SESSION, ONE)


def test_the_same_images_are_no_warning(monkeypatch):
    assert misfits(monkeypatch, ("db", "img"), ("web", "w"), ("", "gateway")) == ()


def test_another_image_of_a_service_without_data_is_no_warning(monkeypatch):
    assert misfits(monkeypatch, ("db", "img"), ("web", "other")) == ()


def test_a_stack_that_is_not_up_is_no_warning(monkeypatch):
    assert misfits(monkeypatch) == ()


def test_another_image_than_the_one_that_wrote_is_told(monkeypatch):
    (warning,) = misfits(monkeypatch, ("db", "other"))
    assert warning.startswith("db runs another image here (other)")


def test_data_of_a_service_that_is_not_here_is_told(monkeypatch):
    (warning,) = misfits(monkeypatch, ("web", "w"))
    assert "has no db" in warning


def test_an_engine_that_does_not_answer_is_no_warning(monkeypatch):
    def silence(name):
        raise EngineError("gone")

    monkeypatch.setattr(state_ship.observe, "of_stack", silence)
    assert state_ship._misfits(SESSION, ONE) == ()


def test_a_push_needs_a_tag(states):
    with pytest.raises(StateError, match="needs a tag"):
        state_ship.push(SESSION, f"ghcr.io/a/b@sha256:{'a' * 64}", lambda step: None)


def test_a_pull_needs_to_know_which():
    with pytest.raises(StateError, match="which state") as caught:
        state_ship.pull(SESSION, "ghcr.io/a/b", lambda step: None)
    assert "ghcr.io/a/b:TAG" in caught.value.next_step


def test_a_former_state_that_cannot_go_does_not_undo_the_new_one(states, monkeypatch):
    states += [ONE]
    order = []

    def receive(store, origin, wanted, commit, progress, verb):
        commit(NEWER)
        order.append("received")
        return NEWER

    def stays(client, session, before, progress):
        order.append(before)
        raise StateError("in use")

    monkeypatch.setattr(state_ship, "look", lambda origin: (NEWER, None))
    monkeypatch.setattr(
        state_ship, "open_store", lambda *_: (SimpleNamespace(volume="v"), SimpleNamespace(name="copy"))
    )  # fmt: skip
    monkeypatch.setattr(state_ship, "heal", lambda *_: None)
    monkeypatch.setattr(state_ship, "mutex", lambda *_: nullcontext())
    monkeypatch.setattr(marks, "commit", lambda client, state: order.append(state.id))
    monkeypatch.setattr(state_ship, "receive", receive)
    monkeypatch.setattr(state_ship, "replaced", stays)
    with pytest.raises(StateError, match="in use"):
        state_ship._take(None, SESSION, None, lambda step: None, "pull", "", over=True)
    assert order == [NEWER.id, "received", [ONE]]


def test_no_file_but_an_exported_state_is_written_over(tmp_path):
    mine = tmp_path / "compose.yaml"
    mine.write_text("precious")
    with pytest.raises(UsageError, match="no exported state") as caught:
        state_ship._check_target(mine, over=False)
    assert "--replace" in caught.value.next_step
    state_ship._check_target(mine, over=True)
    state_ship._check_target(tmp_path / "new.tar", over=False)
    former = tmp_path / "former.tar"
    former.write_bytes(b"oci-layout" + bytes(502))
    state_ship._check_target(former, over=False)


def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for over in (False, True):
        with pytest.raises(UsageError, match="a device or a pipe"):
            state_ship._check_target(tmp_path / "pipe", over=over)


@pytest.mark.parametrize("name", [".", "..", "/"])
def test_a_folder_is_no_file(name):
    with pytest.raises(UsageError, match="is a folder"):
        state_ship._check_target(Path(name), over=True)
