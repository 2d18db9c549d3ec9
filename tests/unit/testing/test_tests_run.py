from types import SimpleNamespace

import pytest

from parity.testing.tests_run import TestsRun
from parity.testing.wish import Wish


def run(tmp_path, **options):
    given = {"--parity-state": "", "--parity-keep-failed": False, **options}
    return TestsRun(SimpleNamespace(getoption=given.__getitem__), tmp_path)


def node(*marks):
    rows = [SimpleNamespace(args=args, kwargs=kwargs) for args, kwargs in marks]
    return SimpleNamespace(nodeid="t.py::x", iter_markers=lambda name: iter(rows))


def test_the_state_is_the_options_else_that_of_parity_test(tmp_path, monkeypatch):
    assert run(tmp_path).state == ""
    monkeypatch.setenv("PARITY_TEST_STATE", "id1")
    assert run(tmp_path).state == "id1"
    assert run(tmp_path, **{"--parity-state": "mine"}).state == "mine"


def test_the_nearest_marker_wins(tmp_path):
    nearest_first = [((), {"state": "inner"}), ((), {"state": "outer", "scope": "module"})]
    assert run(tmp_path).wish(node(*nearest_first)) == Wish("inner", (), "module")


def test_a_wrong_marker_fails_its_test_and_shows_no_code_of_parity(tmp_path):
    with pytest.raises(pytest.fail.Exception, match="t.py::x: @pytest.mark.parity: its") as caught:
        run(tmp_path).wish(node((("x",), {})))
    assert not caught.value.pytrace


def test_what_nobody_used_is_not_made(tmp_path):
    made = run(tmp_path)
    made.close()
    assert not made.used


def test_the_lender_is_that_of_parity_tests_stack(tmp_path, monkeypatch):
    monkeypatch.setenv("PARITY_TEST_STACK", "shop-x")
    monkeypatch.setenv("PARITY_TEST_ENVIRONMENT", "staging")
    made = run(tmp_path, **{"--parity-keep-failed": True})
    made.expected = 9
    lending = made.lending
    assert (lending.stack, lending.environment) == ("shop-x", "staging")
    assert (lending.keep_failed, lending.expected) == (True, 9)
    assert made.lending is lending
    assert made.used
