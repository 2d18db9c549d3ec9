"""A state goes marker first; one that somebody has just begun to read stays."""

import pytest

from parity.errors import StateError
from parity.model.state import State
from parity.state import marks
from parity.state.discard import discard

ONE = State("1", "one", "shop", "d1", "2026", "overlay", ())


class Store:
    def __init__(self, done, order):
        self.done, self.order = done, order

    def run(self, command, **arguments):
        self.order.append((command, arguments["places"]))
        return self.done


@pytest.fixture
def order(monkeypatch):
    done = []
    monkeypatch.setattr(marks, "withdraw", lambda store, state: done.append("withdraw"))
    monkeypatch.setattr(marks, "commit", lambda store, state: done.append("commit"))
    monkeypatch.setattr(marks, "readers", lambda state: ())
    return done


def test_the_marker_goes_before_the_data(order):
    assert discard(Store({"busy": False, "freed": 9}, order), ONE) == 9
    assert order == ["withdraw", ("sweep", ["states/1"])]


def test_data_that_others_work_on_is_left_to_gc(order):
    assert discard(Store({"busy": True, "freed": 0}, order), ONE) is None


def test_one_that_somebody_began_to_read_meanwhile_is_put_back(order, monkeypatch):
    monkeypatch.setattr(marks, "readers", lambda state: ("shop-x_db",))
    with pytest.raises(StateError, match="shop-x_db"):
        discard(Store({}, order), ONE)
    assert order == ["withdraw", "commit"]
