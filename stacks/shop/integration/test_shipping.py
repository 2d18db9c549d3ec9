"""The queue between shop and worker: what is asked for is shipped, once, whoever dies meanwhile."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from inside import run
from seeded import CENT, MANY, PAID, PLACED, SHIPPED
from waiting import until


@pytest.fixture
def shipped(shop) -> Callable[[int], str]:
    """Wait until an order is shipped; says when it was."""
    return lambda order: until(lambda: shop.get(f"/orders/{order}").body["shipped_at"])


@pytest.fixture
def worker(parity_services):
    """The worker's container, with the SDK's methods: kill, start, …"""
    return parity_services["worker"].container.get_wrapped_container()


def message(order: object) -> bytes:
    return json.dumps({"order_id": order}).encode()


def test_what_is_asked_for_is_shipped_once(shop, shipped, database, queue):
    answer = shop.post(f"/orders/{PAID}/ship")
    assert (answer.status, answer.body["shipping"]) == (202, "requested")
    assert shipped(PAID)
    assert database.count("shipments", f"order_id = {PAID}") == 1
    assert queue.waiting() == 0


def test_what_is_shipped_is_not_shipped_again(shop, database):
    before = database.ask(f"SELECT shipped_at FROM shipments WHERE order_id = {SHIPPED}")
    assert shop.post(f"/orders/{SHIPPED}/ship").status == 409
    assert database.ask(f"SELECT shipped_at FROM shipments WHERE order_id = {SHIPPED}") == before


def test_an_unknown_order_is_not_shipped(shop, queue):
    assert shop.post("/orders/15004/ship").status == 404
    assert queue.waiting() == 0


def test_ten_clerks_ship_an_order_once(shop, shipped, database, queue):
    with ThreadPoolExecutor(5) as clerks:
        answers = list(clerks.map(lambda _: shop.post(f"/orders/{PAID}/ship").status, range(10)))
    assert set(answers) <= {202, 409}
    first = shipped(PAID)
    until(lambda: queue.waiting() == 0)
    assert shop.get(f"/orders/{PAID}").body["shipped_at"] == first
    assert database.count("shipments", f"order_id = {PAID}") == 1


def test_a_message_that_comes_twice_changes_nothing(shop, shipped, queue):
    queue.send(message(PLACED), message(PLACED))
    first = shipped(PLACED)
    queue.send(message(PLACED), message(PAID))
    shipped(PAID)  # the worker takes one after the other, so the second of PLACED is through
    assert shop.get(f"/orders/{PLACED}").body["shipped_at"] == first
    assert queue.dead() == 1


def test_without_a_worker_orders_wait_and_are_not_lost(shop, shipped, buy, queue, worker):
    worker.kill()
    orders = [buy((CENT, 1)).body["id"] for _ in range(3)]
    assert [shop.post(f"/orders/{order}/ship").status for order in orders] == [202] * 3
    assert queue.waiting() == 3
    assert {shop.get(f"/orders/{order}").body["status"] for order in orders} == {"placed"}
    worker.start()
    assert all(shipped(order) for order in orders)
    assert queue.waiting() == 0


def test_a_worker_that_is_killed_with_an_order_in_hand_has_it_delivered_again(
    shop, shipped, database, queue, worker
):
    database.lock(PLACED)
    until(database.holds)
    assert shop.post(f"/orders/{PLACED}/ship").status == 202
    until(database.waits, why="the worker did not take the message")
    assert queue.waiting() == 0  # in the worker's hands, not acknowledged
    worker.kill()
    until(lambda: queue.waiting() == 1, why="the message did not come back to the queue")
    database.unlock()
    worker.start()
    assert shipped(PLACED)
    until(lambda: queue.waiting() == 0)
    assert database.count("shipments", f"order_id = {PLACED}") == 1


def test_a_shipment_that_could_not_be_acknowledged_is_not_done_twice(
    shop, shipped, database, parity_services
):
    database.ask("ALTER ROLE shop SET statement_timeout = '60s'")  # patience for the steps below
    database.lock(PLACED)
    until(database.holds)
    shop.post(f"/orders/{PLACED}/ship")
    until(database.waits, why="the worker did not take the message")
    # The worker's connection to the broker is gone before its commit: the acknowledgement is lost.
    run(parity_services["queue"], ["rabbitmqctl", "close_all_connections", "-p", "shop", "test"])
    database.unlock()
    first = shipped(PLACED)
    again = f"order {PLACED} had been shipped before"
    until(lambda: again in parity_services["worker"].logs(), why="no second delivery")
    assert shop.get(f"/orders/{PLACED}").body["shipped_at"] == first
    assert database.count("shipments", f"order_id = {PLACED}") == 1


def test_a_clerk_who_holds_an_order_for_long_delays_it_only(
    shop, shipped, database, parity_services
):
    database.lock(PLACED)
    until(database.holds)
    shop.post(f"/orders/{PLACED}/ship")
    # statement_timeout: the worker gives up, and the message goes back to the queue.
    until(lambda: "trying again" in parity_services["worker"].logs())
    database.unlock()
    assert shipped(PLACED)


def test_what_cannot_be_shipped_is_set_aside_and_the_next_goes_out(shipped, queue):
    rubbish = [b"", b"{", b"\xff", b"[]", b"[" * 100_000]
    no_orders = [message(order) for order in ("15001", True, 999_999, -1, 10**12)]
    queue.send(*rubbish, *no_orders, message(PLACED))
    assert shipped(PLACED)
    # The seed left one there.
    assert until(lambda: queue.dead() == 1 + len(rubbish) + len(no_orders))
    assert queue.waiting() == 0


def test_what_was_set_aside_stays_for_people_to_look_at(shipped, queue):
    queue.send(b"second", message(PLACED))
    shipped(PLACED)
    assert queue.dead_letters() == ['{"order": 15001}', "second"]
    assert queue.dead_letters() == ['{"order": 15001}', "second"]


def test_a_broker_that_dies_keeps_what_it_has_confirmed(
    shop, shipped, queue, worker, parity_services
):
    worker.kill()
    assert shop.post(f"/orders/{PLACED}/ship").status == 202
    broker = parity_services["queue"]
    broker.container.get_wrapped_container().kill()
    answer = shop.post(f"/orders/{PAID}/ship")
    assert (answer.status, answer.body["error"].startswith("queue: ")) == (503, True)
    assert shop.get(f"/orders/{PAID}").body["status"] == "paid"
    broker.container.get_wrapped_container().start()
    broker.wait()
    assert queue.waiting() == 1
    worker.start()
    assert shipped(PLACED)
    assert shop.post(f"/orders/{PAID}/ship").status == 202
    assert shipped(PAID)


def test_the_shop_sells_while_nothing_is_shipped(shop, buy, worker):
    worker.kill()
    assert buy((MANY, 1)).status == 201
    assert shop.get("/health").status == 200
