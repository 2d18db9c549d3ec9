"""Transfers side by side."""

import pytest

from parity.errors import DamageError
from parity.state.abreast import abreast


def test_results_come_in_order():
    assert abreast(lambda n: n * 2, range(9), workers=3) == [n * 2 for n in range(9)]
    assert abreast(lambda n: n, [], workers=3) == []


def test_a_failure_is_raised_and_nothing_begins_after_it():
    begun = []

    def work(n):
        begun.append(n)
        if n == 1:
            raise DamageError("bad")

    with pytest.raises(DamageError):
        abreast(work, range(50), workers=1)
    assert begun == [0, 1]
