"""A customer orders: what is reserved, what it costs, and what is refused."""

import pytest
from seeded import ANNA, BELA, CENT, GONE, LAST, MANY, NEXT_ORDER, ORDERS, PAIR, PLACED
from waiting import until


def test_the_first_order_has_the_next_number(buy):
    placed = buy((MANY, 1))
    assert placed.status == 201
    assert (placed.body["id"], placed.body["invoice"]) == (NEXT_ORDER, f"INV#24-{NEXT_ORDER:06d}")
    assert buy((MANY, 1)).body["id"] == NEXT_ORDER + 1


def test_the_total_is_that_of_all_lines(buy):
    placed = buy((PAIR, 2), (MANY, 3), (CENT, 7)).body
    assert placed["total_cents"] == 2 * 8950 + 3 * 3500 + 7 * 1
    assert placed["total"] == "284.07 EUR"


def test_a_cent_is_printed_as_one(buy):
    assert buy((CENT, 1)).body["total"] == "0.01 EUR"


def test_stock_goes_down_by_what_was_ordered_and_nothing_else_does(buy, stock, database):
    before = int(database.ask("SELECT sum(stock) FROM products"))
    assert buy((MANY, 30), (CENT, 5)).status == 201
    assert (stock(MANY), stock(CENT)) == (970, 495)
    assert int(database.ask("SELECT sum(stock) FROM products")) == before - 35


def test_an_order_is_read_as_it_was_placed(shop, buy):
    placed = buy((MANY, 2), (CENT, 1), customer=BELA).body
    read = shop.get(f"/orders/{placed['id']}").body
    assert read == {key: value for key, value in placed.items() if key != "receipt"}
    assert read["customer_id"] == BELA
    assert [line["product_id"] for line in read["lines"]] == [MANY, CENT]


def test_one_product_in_several_lines_is_one_line(buy):
    placed = buy((MANY, 1), (CENT, 1), (MANY, 2)).body
    assert [(line["product_id"], line["quantity"]) for line in placed["lines"]] == [
        (MANY, 3),
        (CENT, 1),
    ]


def test_lines_of_one_product_are_checked_together(buy, stock):
    assert buy((PAIR, 1), (PAIR, 1), (PAIR, 1)).status == 409
    assert stock(PAIR) == 2


def test_an_order_keeps_the_price_of_its_day(shop):
    order = shop.get(f"/orders/{PLACED}").body
    assert order["customer_id"] == ANNA
    assert (order["lines"][0]["price_cents"], order["total"]) == (2900, "58.00 EUR")
    assert shop.get(f"/products/{MANY}").body["price_cents"] == 3500


def test_a_new_price_is_for_new_orders(shop, buy, database):
    first = buy((MANY, 1)).body
    database.ask(f"UPDATE products SET price_cents = 4000 WHERE id = {MANY}")
    assert buy((MANY, 1)).body["total_cents"] == 4000
    assert shop.get(f"/orders/{first['id']}").body["total_cents"] == 3500


def test_an_unknown_product_takes_the_whole_order_with_it(buy, stock, database):
    answer = buy((MANY, 1), (888_888, 1))
    assert (answer.status, answer.body) == (400, {"error": "no product 888888"})
    assert (stock(MANY), database.count("orders")) == (1000, ORDERS)


def test_an_unknown_customer_orders_nothing(buy, stock, database):
    assert buy((MANY, 1), customer=12_003).body == {"error": "no customer 12003"}
    assert (stock(MANY), database.count("orders")) == (1000, ORDERS)


def test_an_empty_basket_is_no_order(buy, database):
    answer = buy()
    assert answer.status == 400
    assert "at least one line" in answer.body["error"]
    assert database.count("orders") == ORDERS


def test_what_is_sold_out_is_not_sold(buy, stock):
    answer = buy((GONE, 1))
    assert (answer.status, answer.body) == (409, {"error": f"product {GONE} is out of stock"})
    assert stock(GONE) == 0


def test_one_product_out_of_stock_leaves_the_others_alone(buy, stock, database):
    assert buy((LAST, 1), (MANY, 5), (PAIR, 3)).status == 409
    assert (stock(LAST), stock(MANY), stock(PAIR)) == (1, 1000, 2)
    assert (database.count("orders"), database.count("order_lines", "order_id > 15003")) == (
        ORDERS,
        0,
    )


def test_the_whole_stock_can_be_bought_and_then_nothing_more(buy, stock):
    assert buy((MANY, 1000)).status == 201
    assert stock(MANY) == 0
    assert buy((MANY, 1)).status == 409


def test_a_refused_order_can_be_placed_smaller(buy, stock):
    assert buy((PAIR, 3)).status == 409
    assert buy((PAIR, 2)).status == 201
    assert stock(PAIR) == 0


def test_the_same_basket_twice_is_two_orders(buy, stock):
    first, second = buy((MANY, 4)).body, buy((MANY, 4)).body
    assert first["id"] != second["id"]
    assert stock(MANY) == 992


def test_an_order_has_up_to_fifty_lines(buy):
    basket = [(product, 1) for product in range(1, 51)]
    assert len(buy(*basket).body["lines"]) == 50
    assert buy(*basket, (51, 1)).status == 400


def test_a_receipt_is_for_one_order_alone(shop, buy):
    first, second = buy((MANY, 1)).body, buy((MANY, 2)).body
    assert shop.get(f"/receipts/{first['receipt']}").body["id"] == first["id"]
    swapped = f"{second['id']}-{first['receipt'].partition('-')[2]}"
    assert shop.get(f"/receipts/{swapped}").status == 404


def test_a_confirmed_order_survives_a_crash_of_the_database(shop, buy, stock, parity_services):
    order = buy((MANY, 7)).body["id"]
    db = parity_services["db"]
    container = db.container.get_wrapped_container()
    container.kill()
    container.start()
    db.wait()
    until(lambda: shop.get("/health").status == 200, why="the shop did not come back")
    assert shop.get(f"/orders/{order}").body["lines"][0]["quantity"] == 7
    assert stock(MANY) == 993


@pytest.mark.parametrize("customer", [ANNA, BELA])
def test_customers_share_the_stock_and_not_the_orders(buy, stock, customer):
    placed = buy((PAIR, 1), customer=customer).body
    assert (placed["id"], placed["customer_id"], stock(PAIR)) == (NEXT_ORDER, customer, 1)
