"""The bank refuses: from a copy of production it cannot be reached, and must not be."""

import time
from concurrent.futures import ThreadPoolExecutor

from seeded import MANY, PAID, PLACED, SHIPPED
from waiting import until

LIMIT = 4.0
"""Seconds within which a customer is told: SHOP_PAYMENT_TIMEOUT is two."""


def test_a_refused_payment_is_told_in_time(shop):
    started = time.monotonic()
    answer = shop.post(f"/orders/{PLACED}/pay")
    assert (answer.status, time.monotonic() - started < LIMIT) == (502, True)
    assert answer.body["error"].startswith("payment ")


def test_the_bank_has_no_address_here(parity_services):
    look_up = "import socket; socket.getaddrinfo('pay.acquirer-bank.example', 443)"
    code, output = parity_services["web"].exec(["python3", "-c", look_up])
    assert code == 1
    assert "gaierror" in output.decode()


def test_nothing_is_written_down_of_a_refused_payment(shop, buy, database):
    order = buy((MANY, 1)).body["id"]
    assert shop.post(f"/orders/{order}/pay").status == 502
    row = "SELECT concat_ws(',', status, paid_at, payment_reference) FROM orders WHERE id = "
    assert database.ask(f"{row}{order}") == "placed"


def test_the_order_and_what_it_reserved_stay(shop, buy, stock):
    order = buy((MANY, 10)).body
    shop.post(f"/orders/{order['id']}/pay")
    assert shop.get(f"/orders/{order['id']}").body["status"] == "placed"
    assert stock(MANY) == 990


def test_a_refused_payment_can_be_tried_again(shop):
    assert [shop.post(f"/orders/{PLACED}/pay").status for _ in range(2)] == [502, 502]
    assert shop.get(f"/orders/{PLACED}").body["paid_at"] is None


def test_what_is_paid_is_not_charged_again(shop, database):
    for order, reference in ((PAID, "seed-a"), (SHIPPED, "seed-b")):
        answer = shop.post(f"/orders/{order}/pay")
        assert (answer.status, answer.body) == (409, {"error": f"order {order} is already paid"})
        assert database.ask(f"SELECT payment_reference FROM orders WHERE id = {order}") == reference


def test_an_unknown_order_is_not_charged(shop):
    assert shop.post("/orders/15004/pay").status == 404


def test_a_bank_that_does_not_answer_stops_no_other_customer(shop, buy):
    with ThreadPoolExecutor(6) as clerks:
        payments = [clerks.submit(shop.post, f"/orders/{PLACED}/pay") for _ in range(6)]
        assert buy((MANY, 1)).status == 201
        assert {payment.result().status for payment in payments} == {502}
    assert shop.get(f"/orders/{PLACED}").body["status"] == "placed"


def test_goods_go_out_on_account_though_the_bank_refused(shop):
    assert shop.post(f"/orders/{PLACED}/pay").status == 502
    assert shop.post(f"/orders/{PLACED}/ship").status == 202
    order = until(lambda: (o := shop.get(f"/orders/{PLACED}").body)["shipped_at"] and o)
    assert (order["status"], order["paid_at"]) == ("shipped", None)


def test_after_shipping_the_bill_still_can_be_paid(shop):
    shop.post(f"/orders/{PLACED}/ship")
    until(lambda: shop.get(f"/orders/{PLACED}").body["status"] == "shipped")
    assert shop.post(f"/orders/{PLACED}/pay").status == 502
    assert shop.get(f"/orders/{PLACED}").body["status"] == "shipped"
