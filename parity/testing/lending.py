"""Lends forks to the tests of one process: fresh from their start state, each wish from a pool of its own."""

import contextlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from parity.actions.fork import record
from parity.actions.missing import there_is_none
from parity.actions.run import authority
from parity.actions.session import Session, open_session
from parity.actions.spares import Spares
from parity.actions.start_state import start_state
from parity.actions.watcher import Ward, watcher
from parity.config.load import load
from parity.errors import StateError
from parity.model.state import State
from parity.paths import ProjectPaths
from parity.state import leases
from parity.testing.fork import TestFork
from parity.testing.lineage import Lineage, broken_seals
from parity.testing.own import told
from parity.testing.wish import Wish

_WORTH_A_SECOND = 6
"""Tests from which on the time for a second fork comes back."""


@dataclass
class _Pool:
    """The forks of one wish."""

    spares: Spares
    state: State | None
    prefix: str
    size: int
    kept: int = 0


@dataclass
class _Loan:
    """A fork that several tests use, one after the other."""

    fork: TestFork
    pool: _Pool
    failed: bool = False
    last: bool = False
    """Whether nobody comes after it, so that it need not be reset."""


@dataclass
class Lending:
    """`stack` and `environment` as on parity's command line; `keep_failed` leaves forks of failures."""

    root: Path
    stack: str = ""
    environment: str = ""
    keep_failed: bool = False
    expected: int = 0
    """Number of tests that want a fork each."""
    _session: Session | None = None
    _pools: dict[Wish, _Pool] = field(default_factory=dict)
    _shared: dict[tuple[Wish, str], _Loan] = field(default_factory=dict)
    _lineage: Lineage = field(default_factory=Lineage)

    @property
    def session(self) -> Session:
        """The session of the project's own stack, which the forks are made like."""
        if self._session is None:
            paths = ProjectPaths(self.root)
            self._session = open_session(
                paths, load(paths), name=self.stack, environment=self.environment
            )
        return self._session

    def lend(self, wanted: Wish) -> TestFork:
        """A fork that stands on the state and that nobody else has."""
        return self._take(self._pool(wanted)).fork

    @contextlib.contextmanager
    def lent(self, wanted: Wish) -> Iterator[_Loan]:
        """A fork for one test; the loan's `failed` says in the end whether it is to be kept."""
        loan = self._take(self._pool(wanted))
        try:
            yield loan
        finally:
            self._return(loan)

    def share(self, wanted: Wish, among: str) -> _Loan:
        """The fork of a group of tests; the first one gets it fresh."""
        key = (wanted, among)
        if key not in self._shared:
            self._shared[key] = self._take(self._pool(wanted))
        return self._shared[key]

    def end_of(self, among: str, *, last: bool = False) -> list[TestFork]:
        """A group is through; returns the forks that were kept."""
        kept = []
        for key in [key for key in self._shared if key[1] == among]:
            loan = self._shared.pop(key)
            loan.last = last
            if self._return(loan):
                kept.append(loan.fork)
        return kept

    def close(self) -> None:
        """End all forks but those that are kept."""
        for group in {among for _, among in self._shared}:
            self.end_of(group, last=True)
        for pool in self._pools.values():
            pool.spares.close()
            for number in range(1, pool.size + pool.kept + 1):
                watcher().forget(self._ward(pool, number))
        self._pools.clear()

    def doubts(self) -> tuple[str, ...]:
        """States whose sealed files changed while they were used."""
        found = []
        for state in {
            pool.state.id: pool.state for pool in self._pools.values() if pool.state
        }.values():
            from parity.engine.client import connect

            client = connect()
            found += [f"{state.name}: {key}" for key in broken_seals(client, self.session, state)]
            client.close()
        return tuple(found)

    def _pool(self, wanted: Wish) -> _Pool:
        # Of a scope of its own: a fork that a module shares is not one that a test has to wait for.
        if wanted not in self._pools:
            self._pools[wanted] = self._open(wanted)
        return self._pools[wanted]

    def _open(self, wanted: Wish) -> _Pool:
        state = self._state(wanted.state)
        size = self._size(wanted)
        prefix = f"t{uuid.uuid4().hex[:4]}"
        spares = Spares(
            self.session,
            state=state.id if state else "",
            empty=state is None,
            lease=leases.mine(),
            progress=told,
            count=size,
            services=wanted.services,
            prefix=prefix,
        )
        pool = _Pool(spares, state, prefix, size)
        for number in range(1, size + 1):
            watcher().watch(self._ward(pool, number))
        return pool

    def _size(self, wanted: Wish) -> int:
        """Forks of a pool: with two, one is reset while the other is used. A few tests need no second."""
        asked = self.session.project.state.spares
        if asked or wanted.scope != "function":
            return max(1, asked)
        return 2 if self.expected >= _WORTH_A_SECOND else 1

    def _state(self, name: str) -> State | None:
        """The state to begin from; None for a project that neither has nor declares any."""
        project = self.session.project
        named = name or project.state.default or project.states
        if not named and there_is_none(self.session):
            return None
        return start_state(self.session, name, told)

    def _take(self, pool: _Pool) -> _Loan:
        made = pool.spares.take()
        began = ""
        if pool.state is not None:
            doubts = self._lineage.doubts(made, pool.state, whole=not pool.spares.partial)
            if doubts:
                pool.spares.give_back(made)
                raise StateError(
                    f"{made.name} does not stand on {pool.state.name}: {'; '.join(doubts)}",
                    next_step="`parity verify` looks at the state; report this",
                )
            began = "proved"
        return _Loan(TestFork(made, pool.state, began, self._authority()), pool)

    def _authority(self) -> str:
        return authority(self.session).get("PARITY_AUTHORITY", "")

    def _return(self, loan: _Loan) -> bool:
        """Whether it is kept."""
        loan.fork.close()
        if not (loan.failed and self.keep_failed):
            if not loan.last:
                loan.pool.spares.give_back(loan.fork.fork)
            return False
        pool = loan.pool
        pool.spares.keep(loan.fork.fork)
        # From now on it is the user's: nobody who goes takes it along.
        record(self.session, replace(loan.fork.fork, lease=None))
        number = int(loan.fork.name.rpartition("-")[2])
        watcher().forget(self._ward(pool, number))
        pool.kept += 1
        watcher().watch(self._ward(pool, pool.size + pool.kept))
        return True

    def _ward(self, pool: _Pool, number: int) -> Ward:
        identity = self.session.identity
        name = f"{pool.prefix}-{number}"
        return Ward(identity.worktree, identity.name, identity.project, forks=(name,))
