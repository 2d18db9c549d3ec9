"""What a customer of the running shop can rely on. Needs SHOP_URL; see conftest.py."""

import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest


def test_health_names_every_dependency(shop):
    answer = shop.get("/health")
    assert answer.status == 200
    assert answer.body == {"status": "ok", "checks": {"db": "ok", "cache": "ok", "queue": "ok"}}


def test_version_presents_the_shop_as_configured(shop):
    answer = shop.get("/version")
    assert answer.status == 200
    assert re.fullmatch(r"\d+\.\d+\.\d+", answer.body["version"])
    # The spellings of the env files: spaces, escaped quotes, `#`, `=`, an empty value.
    assert answer.body["name"] == "Nordlicht Outdoor GmbH"
    assert answer.body["motto"] == 'Gear for bad weather, since "87'
    assert answer.body["accent"] == "#c0392b"
    assert answer.body["features"] == {"search": "trigram", "receipts": "on"}
    assert answer.body["notice"] is None


def test_browsing_goes_page_by_page(shop):
    first, second = shop.get("/products").body, shop.get("/products?page=2").body
    assert first["total"] == second["total"] >= 4000
    assert len(first["items"]) == first["page_size"] == 24
    assert not {item["id"] for item in first["items"]} & {item["id"] for item in second["items"]}


def test_a_page_past_the_end_is_empty(shop):
    answer = shop.get("/products?page=9999")
    assert (answer.status, answer.body["items"]) == (200, [])


def test_search_finds_by_part_of_the_name(shop):
    answer = shop.search("Polar Lantern")
    assert answer.status == 200
    assert "Polar Lantern" in answer.body["items"][0]["name"]


def test_search_forgives_a_typing_error(shop):
    answer = shop.search("Polar Lantren")
    assert "Polar Lantern" in answer.body["items"][0]["name"]


@pytest.mark.parametrize("query", ["%", "_", "\\", "'", '"; DROP TABLE products; --', "zzzzzz"])
def test_search_takes_special_characters_literally(shop, query):
    answer = shop.search(query)
    assert (answer.status, answer.body["items"]) == (200, [])


def test_a_search_repeated_gives_the_same(shop):
    assert shop.search("kettle").body == shop.search("kettle").body


def test_product_shows_price_as_configured(shop):
    product = shop.get("/products/7").body
    cents = product["price_cents"]
    assert product["price"] == f"{cents // 100}.{cents % 100:02d} EUR"


@pytest.mark.parametrize(
    "path", ["/products/999999", "/products/99999999999999999999", "/orders/0"]
)
def test_what_does_not_exist_is_404(shop, path):
    answer = shop.get(path)
    assert answer.status == 404
    assert answer.body["error"].startswith("no ")


def test_an_order_reserves_stock_and_can_be_read(shop, place, in_stock):
    product_id = in_stock(3)
    before = shop.get(f"/products/{product_id}").body["stock"]
    placed = place(product_id, 3)
    assert placed.status == 201
    assert placed.body["status"] == "placed"
    assert re.fullmatch(r"INV#24-\d{6}", placed.body["invoice"])
    assert shop.get(f"/products/{product_id}").body["stock"] == before - 3
    read = shop.get(f"/orders/{placed.body['id']}").body
    assert read["lines"] == [
        {"product_id": product_id, "quantity": 3, "price_cents": read["total_cents"] // 3}
    ]


def test_times_are_local_to_the_shop(place, in_stock):
    placed_at = place(in_stock(1)).body["placed_at"]
    assert placed_at.endswith(("+01:00", "+02:00"))


def test_lines_of_one_product_are_added_up(shop, in_stock):
    product_id = in_stock(3)
    lines = [{"product_id": product_id, "quantity": n} for n in (1, 2)]
    placed = shop.post("/orders", {"customer_id": 1, "lines": lines})
    assert [line["quantity"] for line in placed.body["lines"]] == [3]


def test_a_receipt_opens_with_its_link_only(shop, place, in_stock):
    placed = place(in_stock(1)).body
    assert shop.get(f"/receipts/{placed['receipt']}").body["id"] == placed["id"]
    forged = placed["receipt"][:-1] + ("0" if placed["receipt"][-1] != "0" else "1")
    assert shop.get(f"/receipts/{forged}").status == 404


def test_more_than_there_is_cannot_be_ordered(shop, place, in_stock):
    product_id = in_stock(1)
    stock = shop.get(f"/products/{product_id}").body["stock"]
    answer = place(product_id, stock + 1)
    assert answer.status == 409
    assert answer.body == {"error": f"product {product_id} is out of stock"}
    assert shop.get(f"/products/{product_id}").body["stock"] == stock


def test_an_order_is_all_or_nothing(shop, in_stock):
    plenty, scarce = in_stock(2), in_stock(1)
    before = shop.get(f"/products/{plenty}").body["stock"]
    too_many = shop.get(f"/products/{scarce}").body["stock"] + 1
    lines = [{"product_id": plenty, "quantity": 1}, {"product_id": scarce, "quantity": too_many}]
    assert shop.post("/orders", {"customer_id": 1, "lines": lines}).status == 409
    assert shop.get(f"/products/{plenty}").body["stock"] == before


def test_two_orders_for_the_last_item_sell_it_once(shop, place, in_stock):
    product_id = in_stock(1)
    rest = shop.get(f"/products/{product_id}").body["stock"] - 1
    if rest:
        assert place(product_id, rest).status == 201
    with ThreadPoolExecutor(2) as buyers:
        statuses = sorted(a.status for a in buyers.map(lambda _: place(product_id, 1), range(2)))
    assert statuses == [201, 409]
    assert shop.get(f"/products/{product_id}").body["stock"] == 0


def test_orders_in_opposite_directions_do_not_block_each_other(shop, in_stock):
    one, other = in_stock(20), in_stock(20)

    def buy(pair):
        lines = [{"product_id": product_id, "quantity": 1} for product_id in pair]
        return shop.post("/orders", {"customer_id": 2, "lines": lines}).status

    with ThreadPoolExecutor(6) as buyers:
        statuses = list(buyers.map(buy, [(one, other), (other, one)] * 8))
    assert statuses == [201] * 16


GOOD_LINE = {"product_id": 1, "quantity": 1}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "the body must be a JSON object"),
        ({}, "customer_id must be"),
        ({"customer_id": "1", "lines": [GOOD_LINE]}, "customer_id must be"),
        ({"customer_id": True, "lines": [GOOD_LINE]}, "customer_id must be"),
        ({"customer_id": 99999999, "lines": [GOOD_LINE]}, "no customer 99999999"),
        ({"customer_id": 1, "lines": []}, "lines must be a list"),
        ({"customer_id": 1, "lines": [GOOD_LINE] * 51}, "at most 50 lines"),
        ({"customer_id": 1, "lines": [7]}, "lines[0] must be an object"),
        ({"customer_id": 1, "lines": [{"product_id": 1, "quantity": 0}]}, "lines[0].quantity"),
        ({"customer_id": 1, "lines": [{"product_id": 1, "quantity": 1.5}]}, "lines[0].quantity"),
        (
            {"customer_id": 1, "lines": [{"product_id": 10**12, "quantity": 1}]},
            "lines[0].product_id",
        ),
        ({"customer_id": 1, "lines": [{"product_id": 888888, "quantity": 1}]}, "no product 888888"),
    ],
)
def test_a_bad_order_is_explained(shop, document, message):
    answer = shop.post("/orders", document)
    assert answer.status == 400
    assert message in answer.body["error"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[" * 50_000, b"NaN"])
def test_what_is_not_json_is_refused(shop, body):
    answer = shop.post_bytes("/orders", body)
    assert answer.status == 400
    assert "error" in answer.body


def test_a_form_is_refused(shop):
    answer = shop.post_bytes("/orders", b"customer_id=1", "application/x-www-form-urlencoded")
    assert answer.status == 400
    assert "application/json" in answer.body["error"]


@pytest.mark.parametrize("page", ["0", "-1", "x", "1.5", "10001", "9" * 30, "%D9%A3"])
def test_a_bad_page_number_is_refused(shop, page):
    assert shop.get(f"/products?page={page}").status == 400


def test_unknown_addresses_and_methods_answer_in_json(shop):
    assert shop.get("/nothing-here").body["error"]
    answer = shop.get("/orders/1/pay")
    assert answer.status == 405
    assert "POST" in answer.headers["allow"]


def test_a_body_over_one_megabyte_is_refused(shop):
    answer = shop.post_bytes("/orders", b" " * (1024 * 1024 + 1))
    assert answer.status == 413
    assert "error" in answer.body


def test_a_body_of_just_one_megabyte_is_read(shop):
    good = b'{"customer_id": 1, "lines": []}'
    answer = shop.post_bytes("/orders", good + b" " * (1024 * 1024 - len(good)))
    assert answer.status == 400
    assert "lines" in answer.body["error"]


def test_payment_fails_cleanly_where_the_bank_is_out_of_reach(shop, place, in_stock):
    product_id = in_stock(1)
    order = place(product_id).body
    stock = shop.get(f"/products/{product_id}").body["stock"]
    started = time.monotonic()
    answer = shop.post(f"/orders/{order['id']}/pay")
    assert time.monotonic() - started < 4
    assert answer.status == 502
    assert answer.body["error"].startswith("payment ")
    assert shop.get(f"/orders/{order['id']}").body["status"] == "placed"
    assert shop.get(f"/products/{product_id}").body["stock"] == stock


def test_a_shipped_order_went_through_the_queue(shop, place, in_stock):
    order_id = place(in_stock(1)).body["id"]
    answer = shop.post(f"/orders/{order_id}/ship")
    assert answer.status == 202
    deadline = time.monotonic() + 10
    while (order := shop.get(f"/orders/{order_id}").body)["status"] != "shipped":
        assert time.monotonic() < deadline, "the worker did not ship the order within 10 s"
        time.sleep(0.05)
    assert order["shipped_at"]
    assert shop.post(f"/orders/{order_id}/ship").status == 409


def test_asking_twice_ships_once(shop, place, in_stock):
    order_id = place(in_stock(1)).body["id"]
    with ThreadPoolExecutor(2) as clerks:
        statuses = list(
            clerks.map(lambda _: shop.post(f"/orders/{order_id}/ship").status, range(2))
        )
    assert set(statuses) <= {202, 409}
    deadline = time.monotonic() + 10
    while not (shipped_at := shop.get(f"/orders/{order_id}").body["shipped_at"]):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.5)  # time for the second message
    assert shop.get(f"/orders/{order_id}").body["shipped_at"] == shipped_at
    assert shop.get("/health").status == 200
