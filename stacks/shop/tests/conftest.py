"""Where the shop runs, and what is left to buy."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

# The unit tests import the application from the source tree.
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "app"))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from customer import Answer, Client


@pytest.fixture(scope="session")
def shop() -> Client:
    """The running shop: SHOP_URL (https://127.0.0.1:8443), and SHOP_CA to verify its certificate."""
    base = os.environ.get("SHOP_URL")
    if not base:
        pytest.skip("set SHOP_URL to the running shop, for example https://127.0.0.1:8443")
    return Client(base, os.environ.get("SHOP_CA"))


@pytest.fixture
def place(shop: Client) -> Callable[..., Answer]:
    """Place an order of one line."""

    def place(product_id: int, quantity: int = 1, customer_id: int = 1) -> Answer:
        line = {"product_id": product_id, "quantity": quantity}
        return shop.post("/orders", {"customer_id": customer_id, "lines": [line]})

    return place


@pytest.fixture
def in_stock(shop: Client) -> Iterator[Callable[[int], int]]:
    """Find a product of which at least so many are left, one that no test has been given yet.

    The tests buy things and never put them back, so they must not count on a product by number.
    """
    given: set[int] = set()

    def find(at_least: int) -> int:
        for page in range(150, 0, -1):
            for item in shop.get(f"/products?page={page}").body["items"]:
                product = shop.get(f"/products/{item['id']}").body
                if item["id"] not in given and product["stock"] >= at_least:
                    given.add(item["id"])
                    return int(item["id"])
        pytest.fail("everything is sold out; reset the stack")

    yield find
