"""A reset is known to be on its way before anything is touched, and what it left is finished."""

from types import SimpleNamespace

import pytest

from parity.actions import restore as module
from parity.actions.data import Data
from parity.actions.restore import finish, go_on, restore, unfinished
from parity.actions.stand import Stand, keep_marks, known_marks, remember, stand
from parity.errors import EngineError, StateError
from parity.model.stack import Container
from parity.model.state import State
from parity.stack import labels
from parity.state import lost, marks
from parity.state.replace import Replaced

PLAIN = '[environments.prod]\nfiles = ["compose.yaml"]\n'
STATE = State(
    "a1", "seeded", "shop", "sha256:0", "2026", "copy", (), {"job": "sha256:j", "db": "sha256:d"},
    empty=("cache",),
)  # fmt: skip


def attrs(service, image):
    return {"Id": service, "Image": image, "Config": {"Labels": {labels.SERVICE: service}}}


@pytest.fixture
def scene(monkeypatch, session):
    """A stack and what is done to it; `seen` is what was kept of it while that happened."""
    one = session(toml=PLAIN)
    found = SimpleNamespace(session=one, what=None, seen=None, fails=None, left=(), told=[])
    data = Data((), (attrs("db", "sha256:d"), attrs("job", "sha256:j"), attrs("new", "sha256:n")), (), {"v": "live/v"})  # fmt: skip

    def replace(client, store, backend, what, state, progress):
        found.what, found.seen = what, stand(one)
        if found.fails:
            raise found.fails
        return Replaced(("db",), found.left, {"c9": "m"})

    monkeypatch.setattr(module, "open_store", lambda *_: ("store", "backend"))
    monkeypatch.setattr(module, "data_of", lambda stack: data)
    monkeypatch.setattr(module, "replace", replace)
    found.progress = found.told.append
    return found


def test_that_it_is_on_the_way_is_kept_while_it_is_and_no_longer(scene):
    assert restore("client", scene.session, STATE, pytest.fail) == ("db",)
    assert scene.seen == Stand("a1", True)
    assert stand(scene.session) == Stand("a1", False)


def test_one_that_fails_is_still_on_its_way(scene):
    scene.fails = EngineError("no space left")
    with pytest.raises(EngineError):
        restore("client", scene.session, STATE, pytest.fail)
    assert stand(scene.session) == Stand("a1", True)


def test_what_cannot_be_opened_changes_nothing(scene, monkeypatch):
    def closed(*_):
        raise EngineError("the keeper cannot start")

    monkeypatch.setattr(module, "open_store", closed)
    remember(scene.session, "before")
    with pytest.raises(EngineError):
        restore("client", scene.session, STATE, pytest.fail)
    assert stand(scene.session) == Stand("before", False)


def test_marks_are_taken_along_and_kept_for_the_next_time(scene):
    keep_marks(scene.session.files, {"c1": "old"})
    restore("client", scene.session, STATE, pytest.fail)
    assert scene.what.known == {"c1": "old"}
    assert known_marks(scene.session.files) == {"c9": "m"}


def test_who_was_left_alone_is_told(scene):
    scene.left = ("broker",)
    restore("client", scene.session, STATE, scene.progress)
    assert [(step.subject, step.text) for step in scene.told] == [
        ("broker", "was not written to, and is left as it is")
    ]


def test_what_is_replaced_is_the_stacks(scene):
    restore("client", scene.session, STATE, pytest.fail)
    name = scene.session.identity.name
    assert (scene.what.stack, scene.what.live, scene.what.empty) == (name, {"v": "live/v"}, ("cache",))  # fmt: skip
    assert scene.what.marks[labels.STACK] == name
    assert (scene.what.begin, scene.what.done) == (True, set())


def test_a_job_of_the_images_of_the_state_need_not_run(scene):
    restore("client", scene.session, STATE, pytest.fail, jobs=("job", "new", "gone"))
    assert scene.what.done == {"job"}, "with another image a migration may be missing"


def test_finishing_puts_the_data_in_place_and_starts_nothing(scene, monkeypatch):
    monkeypatch.setattr(marks, "of_project", lambda project: (STATE,))
    remember(scene.session, "a1", pending=True)
    finish("client", scene.session, ("job",), scene.progress)
    assert (scene.what.begin, scene.what.done) == (False, {"job"})
    assert stand(scene.session) == Stand("a1", False)
    assert scene.told[0].subject == "seeded"


def test_a_state_that_is_gone_meanwhile_is_told_with_those_there_are(scene, monkeypatch):
    monkeypatch.setattr(marks, "of_project", lambda project: (STATE, STATE))
    monkeypatch.setattr(lost, "stores", list)
    remember(scene.session, "zz", pending=True)
    with pytest.raises(StateError, match=r"was not finished.*\(zz\) is gone") as caught:
        unfinished(scene.session)
    assert "(there are: seeded)" in caught.value.next_step
    monkeypatch.setattr(marks, "of_project", lambda project: ())
    with pytest.raises(StateError) as caught:
        finish("client", scene.session, (), pytest.fail)
    assert "(there are: none)" in caught.value.next_step
    assert "parity down --volumes" in caught.value.next_step


def test_only_what_is_paused_goes_on(monkeypatch):
    asked = []
    monkeypatch.setattr(module, "start", lambda client, one: asked.append(one.id))
    rows = ("running", "paused", "exited", "created")
    go_on("client", [Container(s, s, s, 1, s, "", 0, "", "service", "") for s in rows])
    assert asked == ["paused"]
