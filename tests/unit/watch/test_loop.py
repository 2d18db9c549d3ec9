"""The loop's decisions, with a stack that only notes what it is asked for."""

import shutil
import time

import pytest

from parity.actions.request import Superseded
from parity.actions.session import open_session
from parity.config.load import load
from parity.errors import DefinitionError, EngineError, StackError
from parity.paths import ProjectPaths
from parity.watch import loop
from parity.watch.acts import Options
from parity.watch.batch import Batch
from parity.watch.loop import Gone, Watch

TOML = '[environments.prod]\nfiles = ["compose.yaml"]\n'
COMPOSE = "services: {web: {image: shop/web:1}}\n"


class Acts:
    """Notes what is asked for; `fails` is raised by the next `up`, `check` or code change."""

    def __init__(self, session, tell, progress, newer):
        self.session, self.done, self.fails, self.newer = session, [], {}, newer
        self.urls, self.states = [], []
        self.code = Code()

    def _do(self, what):
        self.done.append(what)
        if what in self.fails:
            raise self.fails.pop(what)

    def up(self, began, *, read=None):
        self._do("up")
        if read:
            read()

    def check(self, began):
        self._do("check")
        return 0

    def follow(self, began):
        self._do("follow")

    def changed_code(self, paths, began):
        self._do("code")
        return False

    def arrive(self):
        self._do("arrive")

    def is_code(self, path):
        return False

    def services(self):
        return self.states

    def hang_up(self):
        self.done.append("hang up")


class Code:
    rules = ()

    def differs(self, paths):
        return any("src" in path.parts for path in paths or ())

    def adopt(self, rules, root):
        pass


@pytest.fixture
def watch(tmp_path, monkeypatch):
    def make(**options):
        (tmp_path / "parity.toml").write_text(TOML)
        (tmp_path / "compose.yaml").write_text(COMPOSE)
        paths = ProjectPaths(tmp_path)
        told = []
        monkeypatch.setattr(loop, "Acts", Acts)
        made = Watch(
            lambda: open_session(paths, load(paths)),
            Options(**options),
            told.append,
            lambda s: None,
        )
        made.told, made.root, made._states = told, tmp_path, []
        monkeypatch.setattr(made, "_look", lambda: None)
        return made

    return make


def kinds(watch):
    return [one.kind for one in watch.told]


def save(watch, name="compose.yaml", text=None):
    """One round after a save."""
    path = watch.root / name
    path.write_text(text if text is not None else f"{COMPOSE}# {time.monotonic()}\n")
    watch._acts.done.clear()
    watch._turn(Batch(frozenset({str(path)}), time.monotonic()))
    return watch._acts.done


def test_a_definition_is_brought_up_and_checked(watch):
    one = watch()
    assert save(one) == ["code", "up", "check"]
    assert kinds(one) == ["change"]


def test_a_touch_brings_nothing(watch):
    one = watch()
    assert save(one, text=COMPOSE) == ["code"]
    assert kinds(one) == []


def test_code_is_no_definition(watch):
    one = watch()
    (one.root / "src").mkdir()
    assert save(one, "src/a.py", "x") == ["code"]


def test_what_is_broken_is_told_once_and_not_at_once(watch, monkeypatch):
    one = watch()
    monkeypatch.setattr(loop, "_GRACE", 600.0)
    for text in ("services: [", "services: {", "servi"):
        one._acts.fails["up"] = DefinitionError("no YAML")
        save(one, text=text)
    assert "broken" not in kinds(one), "an editor may have written half of it"
    monkeypatch.setattr(loop, "_GRACE", 0.0)
    one._turn(None)
    one._acts.fails["up"] = DefinitionError("still none")
    save(one, text="ser")
    assert kinds(one).count("broken") == 1
    assert save(one, text=COMPOSE) == ["code", "up", "check"], "also where it is as before"
    assert kinds(one).count("mended") == 1
    save(one)
    assert kinds(one).count("mended") == 1


def test_half_a_file_that_is_whole_a_moment_later_is_not_told(watch):
    one = watch()
    one._acts.fails["up"] = DefinitionError("no YAML")
    save(one, text="servi")
    save(one)
    one._turn(None)
    assert "broken" not in kinds(one)
    assert "mended" not in kinds(one)


def test_a_parity_toml_that_is_no_toml(watch, monkeypatch):
    one = watch()
    monkeypatch.setattr(loop, "_GRACE", 0.0)
    save(one, "parity.toml", "[environments")
    assert kinds(one)[-1] == "broken"
    save(one, "parity.toml", TOML)
    assert "mended" in kinds(one)


def test_a_service_that_does_not_start_is_told_each_time(watch):
    one = watch()
    for _ in range(2):
        one._acts.fails["up"] = StackError("web is down", next_step="mend it")
        save(one)
    assert kinds(one).count("failed") == 2
    one._acts.done.clear()
    one._turn(None)
    assert one._acts.done == [], "it is not tried again by itself"


def test_an_engine_that_is_away_is_waited_for(watch, monkeypatch):
    one = watch()
    there = []

    def version():
        if not there:
            raise EngineError("no Docker Engine answers")

    monkeypatch.setattr(loop.observe, "version", version)
    one._acts.fails["up"] = EngineError("no Docker Engine answers")
    save(one)
    one._turn(None)
    one._turn(None)
    assert kinds(one).count("waiting") == 1
    there.append(True)
    one._acts.done.clear()
    one._turn(None)
    assert kinds(one)[-1] == "back"
    assert one._acts.done == ["up"], "what was interrupted is done"


def test_an_engine_that_refuses_is_a_failure(watch, monkeypatch):
    one = watch()
    monkeypatch.setattr(loop.observe, "version", dict)
    one._acts.fails["up"] = EngineError("the engine refused")
    save(one)
    assert kinds(one)[-1] == "failed"


def test_a_branch_brings_its_stack_and_its_data(watch):
    one = watch()
    head = one.root / ".git" / "HEAD"
    head.parent.mkdir()
    head.write_text("ref: refs/heads/main\n")
    one._git, one._head = head.parent, "main"
    head.write_text("ref: refs/heads/feature\n")
    one._turn(Batch(frozenset({str(head)}), 0.0))
    assert one._acts.done == ["up", "check", "follow", "code"]
    assert one.told[0].text == "branch feature"


def test_data_follows_a_branch_though_its_stack_was_not_waited_for_at_first(watch):
    one = watch()
    head = one.root / ".git" / "HEAD"
    head.parent.mkdir()
    head.write_text("ref: refs/heads/feature\n")
    one._git, one._head = head.parent, "main"
    one._acts.fails["up"] = Superseded()
    one._turn(Batch(frozenset({str(head)}), 0.0))
    assert one._acts.done == ["up"]
    one._turn(None)
    assert one._acts.done[:3] == ["up", "up", "follow"]
    one._acts.done.clear()
    one._turn(None)
    assert "follow" not in one._acts.done


def test_what_was_broken_and_can_be_read_is_mended_though_it_is_not_waited_for(watch, monkeypatch):
    one = watch()
    monkeypatch.setattr(loop, "_GRACE", 0.0)
    one._acts.fails["up"] = DefinitionError("no YAML")
    save(one, text="services: [")
    one._acts.fails["up"] = Superseded()
    save(one)
    one._turn(None)
    assert kinds(one)[-1] == "mended"
    assert one._acts.done[-1] != "broken"


@pytest.mark.parametrize(
    ("name", "text", "newer"),
    [
        ("compose.yaml", "services: {web: {image: shop/web:2}}\n", True),
        ("compose.yaml", COMPOSE, False),
        ("notes.txt", "a word", False),
        ("parity.lock", "written by up itself", False),
        ("src/a.py", "code", True),
    ],
)
def test_only_what_matters_ends_a_wait(watch, name, text, newer):
    one = watch()
    (one.root / "src").mkdir()
    (one.root / name).write_text(text)
    assert not one._acts.newer()
    one._collector.add(str(one.root / name))
    assert not one._acts.newer(), "more may come yet"
    time.sleep(0.12)
    assert one._acts.newer() is newer
    assert not one._acts.newer(), "it is judged once"
    batch = one._collector.take(1)
    assert batch.paths == {str(one.root / name)}, "it is still there for who takes it up"


@pytest.mark.parametrize("text", [COMPOSE, "services: {web: {image: shop/web:2}}\n"])
def test_after_lost_events_everything_is_looked_at_before_a_wait_ends(watch, text):
    one = watch()
    (one.root / "compose.yaml").write_text(text)
    one._collector.lost()
    time.sleep(0.6)
    assert one._acts.newer() is (text != COMPOSE)


def test_keep_data_leaves_the_data(watch):
    one = watch(keep_data=True)
    head = one.root / ".git" / "HEAD"
    head.parent.mkdir()
    head.write_text("ref: refs/heads/feature\n")
    one._git, one._head = head.parent, "main"
    one._turn(Batch(frozenset({str(head)}), 0.0))
    assert "follow" not in one._acts.done


def test_services_that_change_by_themselves_are_told_and_looked_at(watch):
    one = watch()
    one._turn(None)
    one._acts.states = [{"service": "web", "state": "exited (1)"}]
    one._acts.done.clear()
    one._turn(None)
    assert kinds(one)[-1] == "services"
    assert one._acts.done == ["arrive"]


def test_a_worktree_that_is_gone_ends_it(watch):
    one = watch()
    shutil.rmtree(one.root)
    with pytest.raises(Gone):
        one._turn(None)


def test_the_end_is_told_with_the_stack_that_stays(watch, monkeypatch):
    one = watch()
    monkeypatch.setattr(one, "_begin", lambda: shutil.rmtree(one.root))
    monkeypatch.setattr(one, "_next", lambda: None)
    one.run()
    assert kinds(one) == ["ended"]
    assert one._acts.session.identity.name in one.told[0].text


def test_the_beginning_is_told_with_what_is_watched(watch):
    one = watch()
    (one.root / ".parity" / "watch").mkdir(parents=True)
    one._begin()
    assert kinds(one) == ["ready"]
    data = one.told[0].data
    assert (data["rules"], data["findings"], data["polling"]) == (0, 0, False)
    assert one._acts.done == ["up", "check", "arrive"]


def test_a_stack_that_does_not_come_up_at_first_is_told_and_tried_with_the_next_save(watch):
    one = watch()
    (one.root / ".parity" / "watch").mkdir(parents=True)
    one._acts.fails["up"] = StackError("web: not ready")
    one._begin()
    assert kinds(one) == ["failed", "ready"]
    assert save(one) == ["code", "up", "check"]


def test_a_definition_that_is_broken_at_first_is_told_and_read_again(watch, monkeypatch):
    one = watch()
    (one.root / ".parity" / "watch").mkdir(parents=True)
    monkeypatch.setattr(loop, "_GRACE", 0.0)
    one._acts.fails["up"] = DefinitionError("no YAML")
    one._begin()
    one._turn(None)
    assert kinds(one) == ["ready", "broken"]
    assert save(one) == ["code", "up", "check"]
    assert kinds(one)[-1] == "mended"


def test_an_engine_that_goes_away_at_the_beginning_is_waited_for(watch, monkeypatch):
    one = watch()
    (one.root / ".parity" / "watch").mkdir(parents=True)

    def version():
        raise EngineError("no Docker Engine answers")

    monkeypatch.setattr(loop.observe, "version", version)
    one._acts.fails["arrive"] = EngineError("no Docker Engine answers")
    one._begin()
    assert kinds(one) == ["ready", "waiting"]


def test_a_folder_of_parity_that_somebody_removed_is_no_end(watch, monkeypatch):
    one = watch()
    monkeypatch.undo()
    one._eyes.look = lambda wanted, probe: one.told.append(probe)
    one._look()
    assert one.told == [None]
    assert not (one.root / ".parity").exists(), "a worktree that is being deleted stays so"
