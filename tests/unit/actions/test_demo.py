"""The story of `parity demo`: which commands, what is shown of them, and that nothing is left."""

import pytest

from parity.actions import demo as module
from parity.actions.demo import Demo, Move, begin, demo
from parity.errors import ParityError, StackError, UnreachableError, UsageError
from parity.process import Completed


@pytest.fixture
def said(monkeypatch, tmp_path):
    """What commands answer, by verb; the verbs that ran."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PARITY_STACK", "mine")
    answers, ran = {}, []

    def run(argv, *, env, cwd, timeout, holding):
        assert argv[1:3] == ["-m", "parity"]
        assert "PARITY_STACK" not in env
        assert len(holding) <= 1
        ran.append(" ".join(argv[3:]))
        code, out = answers.get(argv[3], (0, "s: 2 containers removed"))
        return Completed(tuple(argv), code, out, "")

    monkeypatch.setattr(module.process, "run", run)
    return answers, ran


def test_the_story_has_all_its_parts(tmp_path):
    verbs = [move.words[0] for move in Demo(tmp_path, tmp_path).moves]
    assert verbs == ["up", "check", "save", "test", "exec", "reset", "exec"]
    small = [move.words[0] for move in Demo(tmp_path, None).moves]
    assert small[:3] == ["up", "exec", "check"]


def test_without_pytest_the_tests_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "find_spec", lambda name: None)
    assert "test" not in [move.words[0] for move in Demo(tmp_path, None).moves]


def test_of_what_is_printed_the_worthwhile_is_shown(said, tmp_path):
    answers, _ = said
    answers["check"] = (1, ("dev and prod differ in 1 finding: 1 error.\nNote\n\n1 error\n\n"
                           "services.cache.command\n  a full Redis\n  fix: it\n\n210 rules\n"))  # fmt: skip
    check = next(move for move in Demo(tmp_path, None).moves if move.words == ("check",))
    played = Demo(tmp_path, None).play(check)
    assert played.lines == (
        "dev and prod differ in 1 finding: 1 error.",
        "services.cache.command",
        "  a full Redis",
        "  fix: it",
    )
    assert played.seconds >= 0


@pytest.mark.parametrize(("checkout", "advice"), [(True, "scripts/demo"), (False, "parity doctor")])
def test_a_command_that_ends_otherwise_ends_the_story(said, tmp_path, checkout, advice):
    answers, _ = said
    answers["up"] = (3, "error: no registry answers")
    found = Demo(tmp_path, tmp_path if checkout else None)
    with pytest.raises(UnreachableError, match="`parity up` ended with exit code 3") as caught:
        found.play(Move("", ("up",)))
    with pytest.raises(StackError):
        found.play(Move("", ("check",), code=1))
    assert "no registry answers" in caught.value.detail
    assert advice in caught.value.next_step


def test_a_demo_that_was_killed_is_removed_first(said, tmp_path):
    _, ran = said
    with demo(tmp_path) as found:
        begin(found)
        assert ran == []
        (found.folder / "left").touch()
        begin(found)
        assert ran == ["down --volumes", "drop --force demo"]
        assert not (found.folder / "left").exists()
        assert found.clean().lines == ("s: 2 containers removed",)
        assert not found.folder.exists()
        assert found.clean() is None


def test_what_cannot_be_removed_stays_and_is_told(said, tmp_path):
    answers, _ = said
    with demo(tmp_path) as found:
        begin(found)
        answers["down"] = (3, "no engine")
        with pytest.raises(ParityError, match="an earlier demo cannot be removed"):
            begin(found)
        assert found.folder.exists()


def test_what_a_killed_command_holds_is_let_go(said, tmp_path, monkeypatch):
    answers, ran = said
    with demo(tmp_path) as found:
        begin(found)
        answers["down"] = (1, "a volume is in use")
        monkeypatch.setitem(answers, "gc", (1, ""))
        with pytest.raises(StackError):
            found.clean()
        assert ran == ["down --volumes", "gc", "down --volumes"]


def test_there_is_one_at_a_time(said, tmp_path):
    with demo(tmp_path), pytest.raises(UsageError, match="another"), demo(tmp_path):
        pass
