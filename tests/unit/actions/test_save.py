"""What may be sealed under which name, and what becomes of the state that had it."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from parity.actions import save as module
from parity.actions.data import Data
from parity.actions.save import definition, passing, replaced, save
from parity.actions.stand import remember, stand
from parity.errors import EngineError, StateError, UsageError
from parity.model.state import State
from parity.paths import ensure_state
from parity.stack import labels
from parity.state import leases, marks

PLAIN = '[environments.prod]\nfiles = ["compose.yaml"]\n'
OLD = State("a1", "seeded", "shop", "sha256:0", "2026-01-01", "copy", ())
NEW = State("b2", "seeded", "shop", "sha256:1", "2026-01-02", "copy", ())


@pytest.fixture
def scene(monkeypatch):
    """A stack of one service, the states there are, and all that is done, in order."""
    found = SimpleNamespace(states=[], done=[], used={}, sealing=None, fails=None, told=[])
    data = Data((SimpleNamespace(service="db"),), ({"Id": "db"},), (), {"s_data": "live/other"})
    found.data = data

    @contextmanager
    def mutex(session, progress):
        found.done.append("mutex")
        yield 7
        found.done.append("free")

    def seal(client, store, backend, what, progress):
        found.done.append("seal")
        found.sealing = what
        if found.fails:
            raise found.fails
        return NEW

    def opened(client, session, progress, state=None):
        found.done.append(f"open {state.id if state else 'best'}")
        return SimpleNamespace(holds="holds"), None

    def discard(store, state):
        found.done.append(f"discard {state.id}")

    monkeypatch.setattr(module, "mutex", mutex)
    monkeypatch.setattr(module, "connect", lambda: "client")
    monkeypatch.setattr(module, "mended", lambda *_: found.done.append("mended"))
    monkeypatch.setattr(module, "heal", lambda *_: found.done.append("heal"))
    monkeypatch.setattr(module, "data_of", lambda stack: found.data)
    monkeypatch.setattr(module, "open_store", opened)
    monkeypatch.setattr(module, "seal", seal)
    monkeypatch.setattr(module, "discard", discard)
    monkeypatch.setattr(marks, "of_project", lambda project: tuple(found.states))
    monkeypatch.setattr(marks, "users", lambda state: found.used.get(state, ()))
    monkeypatch.setattr(
        marks, "live", lambda holds: {"s_data": "live/x"} if holds == "holds" else {}
    )
    found.progress = found.told.append
    return found


def test_the_stack_is_mended_first_sealed_and_stands_on_the_state_then(scene, session):
    one = session(toml=PLAIN)
    remember(one, "p0")
    assert save(one, "seeded", scene.progress) == NEW
    assert scene.done == ["mutex", "mended", "open best", "heal", "seal", "free"]
    assert stand(one).state == NEW.id
    assert scene.sealing.parent == "p0"
    assert scene.sealing.live == {"s_data": "live/x"}, "only what lies in this store can be cloned"
    assert (scene.sealing.name, scene.sealing.project) == ("seeded", one.identity.project)
    assert scene.told == []


@pytest.mark.parametrize("name", ["", "Seeded", "a/b", "-a", "../x", "a b", "x" * 49, "a\n"])
def test_what_is_no_name_is_refused_before_anything_is_asked(scene, session, name):
    with pytest.raises(UsageError, match="not a name for a state"):
        save(session(toml=PLAIN), name, pytest.fail)
    assert scene.done == []


def test_the_name_of_a_declared_state_is_not_free(scene, session):
    one = session(toml=PLAIN + '[states.seeded]\n[[states.seeded.steps]]\nrun = ["true"]\n')
    with pytest.raises(StateError, match="declared in parity.toml") as caught:
        save(one, "seeded", pytest.fail, replace=True)
    assert caught.value.where == "states.seeded"
    assert "parity reset seeded" in caught.value.next_step
    assert scene.done == []


def test_a_name_that_is_taken_is_refused_and_nothing_is_paused(scene, session):
    scene.states = [OLD]
    with pytest.raises(StateError, match="already, of 2026-01-01") as caught:
        save(session(toml=PLAIN), "seeded", pytest.fail)
    assert "parity save seeded --replace" in caught.value.next_step
    assert "seal" not in scene.done


def test_another_states_name_is_no_hindrance(scene, session):
    scene.states = [OLD]
    save(session(toml=PLAIN), "other", scene.progress)
    assert "discard a1" not in scene.done


def test_the_former_one_goes_when_the_new_one_is_there(scene, session):
    scene.states = [OLD]
    save(session(toml=PLAIN), "seeded", scene.progress, replace=True)
    assert scene.done[-4:] == ["seal", "open a1", "discard a1", "free"]


def test_a_former_one_that_is_used_stays_and_is_told(scene, session):
    scene.states, scene.used = [OLD], {"a1": ("s-f_data", "t_data")}
    save(session(toml=PLAIN), "seeded", scene.progress, replace=True)
    assert "discard a1" not in scene.done
    (step,) = scene.told
    assert step.state == "warning"
    assert "stays while it is in use: s-f_data, t_data" in step.text


def test_where_sealing_fails_the_former_one_and_the_stand_stay(scene, session):
    one = session(toml=PLAIN)
    remember(one, OLD.id)
    scene.states, scene.fails = [OLD], EngineError("the engine's disk is full")
    with pytest.raises(EngineError, match="full"):
        save(one, "seeded", pytest.fail, replace=True)
    assert "discard a1" not in scene.done
    assert stand(one).state == OLD.id


def test_a_stack_that_is_not_there_cannot_be_sealed(scene, session):
    scene.data = Data((), (), (), {})
    with pytest.raises(StateError, match="does not run") as caught:
        save(session(toml=PLAIN), "seeded", pytest.fail)
    assert caught.value.next_step == "`parity up` first"
    assert "seal" not in scene.done


def test_nothing_to_replace_opens_no_store(scene, session):
    replaced("client", session(toml=PLAIN), [], pytest.fail)
    assert scene.done == []


def test_what_is_there_for_a_moment_is_no_part_of_the_stack(session):
    mine = passing(session(toml=PLAIN))
    assert labels.STACK not in mine
    assert mine[labels.PROJECT]
    assert leases.read(mine[labels.LEASE]) == leases.mine()


def test_the_definition_is_known_by_its_content(session):
    one = session(toml=PLAIN)
    assert definition(one) == "", "nothing is known of a stack that parity did not make"
    ensure_state(one.files.folder)
    one.files.document.write_text("services: {}\n")
    first = definition(one)
    assert first.startswith("sha256:")
    one.files.document.write_text("services: {a: {}}\n")
    assert definition(one) != first
