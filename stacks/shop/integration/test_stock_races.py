"""Many customers at once: never below zero, nothing sold twice, nobody waits for ever."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from seeded import ANNA, BELA, CENT, LAST, MANY, ORDERS, PAIR


def at_once(*calls: Callable[[], Any], threads: int = 8) -> list[Any]:
    """What the calls return, made by as many threads as there may be."""
    with ThreadPoolExecutor(min(threads, len(calls))) as buyers:
        return [one.result() for one in [buyers.submit(call) for call in calls]]


def statuses(answers: list[Any]) -> list[int]:
    return sorted(answer.status for answer in answers)


def test_two_customers_and_the_last_item(buy, stock, database):
    answers = at_once(*(lambda c=customer: buy((LAST, 1), customer=c) for customer in (ANNA, BELA)))
    assert statuses(answers) == [201, 409]
    assert (stock(LAST), database.count("order_lines", f"product_id = {LAST}")) == (0, 1)


def test_ten_customers_and_the_last_item(buy, stock, database):
    answers = at_once(*[lambda: buy((LAST, 1))] * 10)
    assert statuses(answers) == [201] + [409] * 9
    assert (stock(LAST), database.count("orders")) == (0, ORDERS + 1)


def test_two_items_make_two_of_twelve_happy(buy, stock):
    answers = at_once(*[lambda: buy((PAIR, 1))] * 12)
    assert statuses(answers) == [201] * 2 + [409] * 10
    assert stock(PAIR) == 0


@pytest.mark.parametrize("first", [1, 2])
def test_what_is_sold_and_what_is_left_is_what_there_was(buy, stock, first):
    amounts = [first, 3 - first] * 3
    answers = at_once(*(lambda n=n: buy((PAIR, n)) for n in amounts))
    sold = sum(a.body["lines"][0]["quantity"] for a in answers if a.status == 201)
    assert set(statuses(answers)) == {201, 409}
    assert sold + stock(PAIR) == 2


def test_where_there_is_plenty_everybody_is_served(buy, stock):
    assert statuses(at_once(*[lambda: buy((MANY, 3))] * 24)) == [201] * 24
    assert stock(MANY) == 1000 - 24 * 3


def test_orders_have_numbers_of_their_own(buy):
    numbers = [answer.body["id"] for answer in at_once(*[lambda: buy((CENT, 1))] * 24)]
    assert len(set(numbers)) == 24


def test_who_loses_the_last_item_takes_nothing_else_away(buy, stock):
    answers = at_once(*[lambda: buy((MANY, 10), (LAST, 1))] * 8)
    assert statuses(answers) == [201] + [409] * 7
    assert (stock(LAST), stock(MANY)) == (0, 990)


def test_baskets_in_opposite_order_do_not_wait_for_each_other(buy, stock):
    there, back = ((MANY, 1), (CENT, 1)), ((CENT, 1), (MANY, 1))
    assert statuses(at_once(*[lambda: buy(*there), lambda: buy(*back)] * 10)) == [201] * 20
    assert (stock(MANY), stock(CENT)) == (980, 480)


def test_who_looks_while_others_buy_never_sees_less_than_nothing(buy, stock):
    calls = [lambda: buy((PAIR, 1)), lambda: stock(PAIR)] * 8
    seen = at_once(*calls)[1::2]
    assert set(seen) <= {0, 1, 2}
    assert stock(PAIR) == 0


def test_a_basket_that_is_refused_frees_what_it_had_locked(buy):
    at_once(*[lambda: buy((MANY, 1), (LAST, 2))] * 8)
    assert buy((MANY, 1), (LAST, 1)).status == 201
