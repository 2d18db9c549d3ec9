"""The shop on a fork of the whole stack: every test begins from the same data, and may do as it likes."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from customer import Answer, Client
from inside import Cache, Database, Queue


@pytest.fixture
def shop(parity_fork) -> Client:
    """A customer in front of the proxy."""
    port = parity_fork["proxy"].port_of(8443)
    return Client(f"https://{parity_fork['proxy'].host}:{port}", parity_fork.authority)


@pytest.fixture
def database(parity_services) -> Database:
    """What the shop wrote down."""
    return Database(parity_services["db"])


@pytest.fixture
def queue(parity_services) -> Queue:
    """What waits to be shipped."""
    return Queue(parity_services["web"])


@pytest.fixture
def cache(parity_services) -> Cache:
    """What the shop keeps to be quick."""
    return Cache(parity_services["cache"])


@pytest.fixture
def buy(shop) -> Callable[..., Answer]:
    """Order: `buy((LAST, 1), (MANY, 2))`."""

    def buy(*lines: tuple[int, int], customer: int = 1) -> Answer:
        rows = [{"product_id": product, "quantity": quantity} for product, quantity in lines]
        return shop.post("/orders", {"customer_id": customer, "lines": rows})

    return buy


@pytest.fixture
def stock(shop) -> Callable[[int], int]:
    """How many of a product are left."""
    return lambda product: shop.get(f"/products/{product}").body["stock"]
