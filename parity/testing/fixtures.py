"""The fixtures: a fork of the whole stack for a test, a module or the run, and its services."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from parity.errors import ParityError
from parity.testing.tests_run import KEPT, RUN, TestsRun
from parity.testing.wish import Wish

if TYPE_CHECKING:
    from parity.testing.fork import TestFork
    from parity.testing.services import Services


@pytest.fixture(scope="session")
def parity_stack(request: pytest.FixtureRequest) -> "TestFork":
    """A fork for all tests of this process that ask for it; it is never reset."""
    run = request.config.stash[RUN]
    with _told():
        run.of_all = run.lending.share(Wish(run.state, scope="session"), "the run").fork
    return run.of_all


@pytest.fixture
def parity_fork(request: pytest.FixtureRequest) -> "Iterator[TestFork]":
    """A fork that stands on its start state; who shares it is for the marker's scope to say."""
    run, node = request.config.stash[RUN], request.node
    wanted = run.wish(node)
    if wanted.scope == "function":
        with _told(), run.lending.lent(wanted) as loan:
            yield from _used(run, node, loan.fork)
            loan.failed, loan.last = node.nodeid in run.failed, run.last
            if loan.failed and run.lending.keep_failed:
                node.user_properties.append((KEPT, loan.fork.how_to_enter()))
        return
    with _told():
        loan = run.lending.share(wanted, _group(node, wanted.scope))
    yield from _used(run, node, loan.fork)
    loan.failed |= node.nodeid in run.failed
    if node.nodeid in run.failed and run.lending.keep_failed:
        node.user_properties.append((KEPT, loan.fork.how_to_enter()))


@pytest.fixture(scope="module")
def parity_module_fork(request: pytest.FixtureRequest) -> "TestFork":
    """The fork that a module's tests share, for fixtures of their own: `parity_fork` is the same one."""
    run, module = request.config.stash[RUN], request.node
    with _told():
        return run.lending.share(replace(run.wish(module), scope="module"), module.nodeid).fork


@pytest.fixture
def parity_services(parity_fork: "TestFork") -> "Services":
    """The services of the test's fork by name: `.host`, `.port`, `.url`, `.wait()`, `.logs()`, `.exec()`."""
    return parity_fork.services


@contextmanager
def _told() -> Iterator[None]:
    """An expected failure is told as the command line does; the way to it through parity helps nobody."""
    try:
        yield
    except ParityError as error:
        parts = (error.message, error.where and f"at: {error.where}", error.detail)
        text = "\n".join(part for part in (*parts, f"next: {error.next_step}") if part)
        pytest.fail(text, pytrace=False)


def _used(run: TestsRun, node: pytest.Item, fork: "TestFork") -> "Iterator[TestFork]":
    run.in_use[node.nodeid] = fork
    node.user_properties += fork.properties()
    yield fork


def _group(node: pytest.Item, scope: str) -> str:
    module = node.getparent(pytest.Module)
    return module.nodeid if scope == "module" and module is not None else "the run"


@pytest.fixture(scope="module", autouse=True)
def _parity_end_of_module(request: pytest.FixtureRequest) -> Iterator[None]:
    """Forks that a module's tests share go back when it is through."""
    yield
    run = request.config.stash[RUN]
    if run.used:
        run.lending.end_of(request.node.nodeid, last=run.last)
