import datetime as dt
from decimal import Decimal

from parity.engine.askers.contract import LONGEST, told, value
from parity.probes.database.contract import Login


def test_an_error_tells_nothing_of_the_password():
    login = Login("postgres", "db", 1, "u", "p/w@ x")
    text = told("p/w@ x and p%2Fw%40%20x and p/w%40%20x\n\x1b[31m", login)
    assert text == "… and … and … [31m"
    assert told("fine", Login("postgres", "db", 1)) == "fine"


def test_a_cell_is_what_it_is_and_no_longer_than_it_may_be():
    assert [value(v) for v in (None, True, 7, 1.5)] == [None, True, 7, 1.5]
    assert value(b"\xffa") == "�a" and value(Decimal("1.50")) == "1.50"
    assert value(dt.date(2024, 1, 2)) == "2024-01-02"
    assert len(value("x" * 99_999)) == LONGEST == len(value(b"x" * 99_999))
    assert value(["a", 1]) == ["a", "1"]
