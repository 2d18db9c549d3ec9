"""Which fork a test gets, and what its result is told with; what forks are is for tests/engine."""

from types import SimpleNamespace

import pytest

from parity.testing import fixtures
from parity.testing.fork import TestFork
from parity.testing.tests_run import KEPT, RUN
from parity.testing.wish import Wish


class Lending:
    keep_failed = True

    def __init__(self):
        self.asked = []

    def loan(self, *words):
        self.asked.append(words)
        fork = SimpleNamespace(
            properties=lambda: [("parity.fork", "f1")], how_to_enter=lambda: "enter"
        )
        return SimpleNamespace(fork=fork, failed=False, last=False)

    def lent(self, wanted):
        import contextlib

        self.last = self.loan("lent", wanted)
        return contextlib.nullcontext(self.last)

    def share(self, wanted, among):
        self.last = self.loan("shared", wanted, among)
        return self.last


@pytest.fixture
def request_of():
    def make(wanted, *, failed=False):
        module = SimpleNamespace(nodeid="tests/test_a.py")
        node = SimpleNamespace(
            nodeid="tests/test_a.py::x", user_properties=[], getparent=lambda kind: module
        )
        run = SimpleNamespace(
            lending=Lending(), wish=lambda node: wanted, in_use={}, last=True, state="usual",
            failed={node.nodeid} if failed else set(), of_all=None,
        )  # fmt: skip
        return SimpleNamespace(config=SimpleNamespace(stash={RUN: run}), node=node), run, node

    return make


def use(fixture, *arguments):
    generator = fixture.__wrapped__(*arguments) if hasattr(fixture, "__wrapped__") else None
    generator = generator or fixture._get_wrapped_function()(*arguments)
    found = next(generator)
    assert list(generator) == []
    return found


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [
        (Wish(), ("lent", Wish())),
        (Wish(scope="module"), ("shared", Wish(scope="module"), "tests/test_a.py")),
        (Wish(scope="session"), ("shared", Wish(scope="session"), "the run")),
    ],
)
def test_the_marker_says_who_shares_the_fork(request_of, wanted, asked):
    request, run, node = request_of(wanted)
    fork = use(fixtures.parity_fork, request)
    assert run.lending.asked == [asked]
    assert run.in_use == {node.nodeid: fork}
    assert node.user_properties == [("parity.fork", "f1")]
    assert not run.lending.last.failed


@pytest.mark.parametrize("scope", ["function", "module"])
def test_a_failure_is_noted_at_its_fork(request_of, scope):
    request, run, node = request_of(Wish(scope=scope), failed=True)
    use(fixtures.parity_fork, request)
    assert run.lending.last.failed
    assert (KEPT, "enter") in node.user_properties


def test_the_stack_of_the_run_is_shared_by_all(request_of):
    request, run, _ = request_of(Wish())
    fork = fixtures.parity_stack._get_wrapped_function()(request)
    assert run.lending.asked == [("shared", Wish("usual", scope="session"), "the run")]
    assert run.of_all is fork


def test_a_module_fork_is_the_one_that_its_tests_share(request_of):
    request, run, node = request_of(Wish())
    request.node = SimpleNamespace(nodeid="tests/test_a.py")
    fixtures.parity_module_fork._get_wrapped_function()(request)
    assert run.lending.asked == [("shared", Wish(scope="module"), "tests/test_a.py")]


def test_services_are_those_of_the_fork():
    fork = SimpleNamespace(services={"db": 1})
    assert fixtures.parity_services._get_wrapped_function()(fork) == {"db": 1}
    assert TestFork.__test__ is False
