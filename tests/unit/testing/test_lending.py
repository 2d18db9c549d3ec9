from types import SimpleNamespace

import pytest

from parity.errors import StateError
from parity.model.project import Project, StateTable
from parity.model.state import Fork, State
from parity.testing import lending as module
from parity.testing.lending import Lending
from parity.testing.wish import Wish

STATE = State("s1", "seeded", "shop", "sha256:0", "", "reflink", ())


class Spares:
    """A pool whose life is written down."""

    def __init__(self, session, **given):
        self.given, self.life, self.number = given, [], 0
        self.partial = bool(given["services"])
        MADE.append(self)

    def take(self):
        self.number += 1
        name = f"{self.given['prefix']}-{self.number}"
        self.life.append(("take", self.number))
        return Fork(name, f"shop-{name}", "shop", self.given["state"])

    def give_back(self, fork):
        self.life.append(("back", int(fork.name[-1])))

    def keep(self, fork):
        self.life.append(("keep", int(fork.name[-1])))

    def close(self):
        self.life.append("close")


MADE = []


class Watcher:
    def __init__(self):
        self.said = []

    def watch(self, ward):
        self.said.append(("watch", ward.forks[0].rpartition("-")[2]))

    def forget(self, ward):
        self.said.append(("forget", ward.forks[0].rpartition("-")[2]))


@pytest.fixture
def world(monkeypatch):
    MADE.clear()
    found = SimpleNamespace(watcher=Watcher(), recorded=[], states=(STATE,), doubts=())
    monkeypatch.setattr(module, "Spares", Spares)
    monkeypatch.setattr(module, "watcher", lambda: found.watcher)
    monkeypatch.setattr(module, "authority", lambda session: {"PARITY_AUTHORITY": "/a.pem"})
    monkeypatch.setattr(module, "record", lambda session, fork: found.recorded.append(fork))
    monkeypatch.setattr(module, "start_state", lambda session, name, progress: STATE)
    monkeypatch.setattr(module, "there_is_none", lambda session: not found.states)
    monkeypatch.setattr(module.Lineage, "doubts", lambda self, fork, state, whole: found.doubts)
    return found


def lending(project=None, **more):
    found = Lending(root=None, **more)
    identity = SimpleNamespace(name="shop", project="shop", worktree="/w")
    found._session = SimpleNamespace(project=project or Project(), identity=identity)
    return found


def test_each_test_has_a_fork_that_goes_back_after_it(world):
    made = lending()
    for _ in range(2):
        with made.lent(Wish()) as loan:
            assert loan.fork.state == "seeded"
            assert loan.fork.began == "proved"
            assert loan.fork.authority == "/a.pem"
    assert MADE[0].life == [("take", 1), ("back", 1), ("take", 2), ("back", 2)]
    assert MADE[0].given["state"] == "s1"
    assert not MADE[0].given["empty"]


def test_the_last_ones_fork_is_not_reset_for_nobody(world):
    made = lending()
    with made.lent(Wish()) as loan:
        loan.last = True
    made.close()
    assert MADE[0].life == [("take", 1), "close"]
    assert world.watcher.said == [("watch", "1"), ("forget", "1")]


def test_a_group_shares_a_fork_until_it_is_through(world):
    made, wish = lending(), Wish(scope="module")
    assert made.share(wish, "a.py") is made.share(wish, "a.py")
    assert made.end_of("a.py") == []
    assert made.share(wish, "b.py").fork.name.endswith("-2")
    assert MADE[0].life == [("take", 1), ("back", 1), ("take", 2)]


def test_a_shared_fork_is_not_one_that_a_test_waits_for(world):
    made = lending()
    made.share(Wish(scope="session"), "the run")
    with made.lent(Wish()):
        assert len(MADE) == 2
    made.close()
    assert [spares.life[-1] for spares in MADE] == ["close", "close"]


def test_the_fork_of_a_failure_is_kept_on_request_and_is_the_users_then(world):
    made = lending(keep_failed=True)
    with made.lent(Wish()) as loan:
        loan.failed = True
    with made.lent(Wish()):
        pass
    assert MADE[0].life == [("take", 1), ("keep", 1), ("take", 2), ("back", 2)]
    assert [fork.lease for fork in world.recorded] == [None]
    made.close()
    assert world.watcher.said == [
        ("watch", "1"), ("forget", "1"), ("watch", "2"), ("forget", "1"), ("forget", "2"),
    ]  # fmt: skip


def test_without_the_request_a_failure_is_like_any_other(world):
    made = lending()
    with made.lent(Wish()) as loan:
        loan.failed = True
    assert MADE[0].life == [("take", 1), ("back", 1)]


def test_a_fork_that_does_not_stand_on_the_state_is_no_fork_to_test_on(world):
    world.doubts = ("data was in the hands of an earlier test",)
    with pytest.raises(StateError, match="earlier test"):
        lending().share(Wish(), "x")


@pytest.mark.parametrize(
    ("spares", "expected", "scope", "size"),
    [(0, 1, "function", 1), (0, 6, "function", 2), (3, 1, "function", 3), (0, 9, "module", 1)],
)
def test_a_second_fork_where_it_is_worth_it(world, spares, expected, scope, size):
    made = lending(Project(state=StateTable(spares=spares)), expected=expected)
    made.share(Wish(scope=scope), "x")
    assert MADE[0].given["count"] == size


def test_without_any_state_forks_begin_with_nothing(world):
    world.states = ()
    with lending().lent(Wish()) as loan:
        assert loan.fork.state == ""
    assert MADE[0].given["empty"]
    with lending().lent(Wish("named")) as loan:
        assert loan.fork.state == "seeded", "a named one is asked for, whatever there is"


def test_states_that_changed_are_told(world, monkeypatch):
    monkeypatch.setattr("parity.engine.client.connect", lambda: SimpleNamespace(close=lambda: None))
    monkeypatch.setattr(module, "broken_seals", lambda client, session, state: ("data",))
    made = lending()
    assert made.doubts() == ()
    made.share(Wish(), "x")
    made.share(Wish(scope="session"), "y")
    assert made.doubts() == ("seeded: data",)
