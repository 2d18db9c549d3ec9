"""Which rules a change falls under, and what they ask for."""

from types import SimpleNamespace

import pytest

from parity.watch.code import Code
from parity.watch.rules import Rule


@pytest.fixture
def code(tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text("a")
    (tmp_path / "deps.txt").write_text("a")

    def make(*actions, **more):
        made = Code()
        places = {"rebuild": tmp_path / "deps.txt"}
        rules = [
            Rule("web", places.get(action, tmp_path / "src"), action, "/srv", **more)
            for action in actions
        ]
        made.adopt(rules, tmp_path)
        return made

    return make


def edit(tmp_path, *names):
    for name in names:
        (tmp_path / name).write_text("another")
    return [tmp_path / name for name in names]


def test_an_edit_elsewhere_asks_for_nothing(code, tmp_path):
    made = code("sync")
    assert made.work(edit(tmp_path, "other.txt")).empty


def test_what_differs_is_work_that_is_still_to_be_done(code, tmp_path):
    made = code("sync")
    (place,) = edit(tmp_path, "src/a.py")
    assert not made.moved
    assert made.differs([place])
    assert made.differs(None)
    assert not made.work([place]).empty
    assert not made.differs(None)
    assert made.moved


def test_each_action(code, tmp_path):
    for action, field in (
        ("sync", "syncs"),
        ("restart", "restarts"),
        ("sync+restart", "restarts"),
        ("sync+exec", "hooks"),
    ):
        made = code(action)
        (tmp_path / "src" / "a.py").write_text(action * 2)
        work = made.work([tmp_path / "src" / "a.py"])
        assert getattr(work, field), action
        assert bool(work.syncs) is action.startswith("sync")
        (tmp_path / "src").joinpath("a.py").unlink()
        (tmp_path / "deps.txt").unlink()
        (tmp_path / "src").rmdir()
        (tmp_path / "src").mkdir()
        (tmp_path / "src" / "a.py").write_text("a")
        (tmp_path / "deps.txt").write_text("a")


def test_a_rebuild_makes_a_sync_needless(code, tmp_path):
    work = code("sync", "rebuild").work(edit(tmp_path, "src/a.py", "deps.txt"))
    assert work.rebuilds == ("web",)
    assert work.syncs == ()
    assert len(work.paths) == 2


def containers(*ids):
    return {"web": [SimpleNamespace(id=one) for one in ids]}


def test_containers_that_were_made_anew_get_the_edits_of_those_before(code, tmp_path):
    made = code("sync")
    assert made.first(containers("1")) == ()
    made.work(edit(tmp_path, "src/a.py"))
    assert made.first(containers("1")) == ()
    ((rule, delta),) = made.first(containers("2"))
    assert (rule.service, delta.changed) == ("web", ("a.py",))
    assert made.first(containers("2")) == ()
    made.forget_containers()
    assert made.first(containers("2")) != ()


def test_initial_sync_brings_all_that_is_there(code):
    made = code("sync", initial=True)
    ((_, delta),) = made.first(containers("1", "2"))
    assert delta.changed == ("a.py",)


def test_what_is_known_of_a_rule_that_stays_is_kept(code, tmp_path):
    made = code("sync")
    made.work(edit(tmp_path, "src/a.py"))
    made.adopt(made.rules, tmp_path)
    ((_, delta),) = made.first(containers("1"))
    assert delta.changed == ("a.py",)
