"""Check what a caller sent before anything else looks at it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shop.errors import BadInput

MAX_ID = 2**31 - 1
MAX_LINES = 50
MAX_QUANTITY = 1000
MAX_PAGE = 10_000
MAX_QUERY = 100


@dataclass(frozen=True)
class Line:
    """One product and how many of it."""

    product_id: int
    quantity: int


@dataclass(frozen=True)
class OrderRequest:
    """A checked order: each product once, in id order (the order in which rows are locked)."""

    customer_id: int
    lines: tuple[Line, ...]


def search_query(arguments: Mapping[str, str]) -> tuple[str, int]:
    """The query text and page number of a search."""
    query = " ".join(arguments.get("q", "").split())
    if len(query) > MAX_QUERY:
        raise BadInput(f"q is longer than {MAX_QUERY} characters")
    if "\x00" in query:
        raise BadInput("q contains a null character")
    page = arguments.get("page", "1")
    if not re.fullmatch(r"[0-9]{1,9}", page) or not 1 <= int(page) <= MAX_PAGE:
        raise BadInput(f"page must be a whole number from 1 to {MAX_PAGE}")
    return query, int(page)


def order(body: Any) -> OrderRequest:
    """An order from {"customer_id": 1, "lines": [{"product_id": 2, "quantity": 3}]}."""
    if not isinstance(body, dict):
        raise BadInput("the body must be a JSON object")
    customer_id = _integer(body, "customer_id", "customer_id", MAX_ID)
    lines = body.get("lines")
    if not isinstance(lines, list) or not lines:
        raise BadInput("lines must be a list with at least one line")
    if len(lines) > MAX_LINES:
        raise BadInput(f"an order has at most {MAX_LINES} lines")
    quantities: dict[int, int] = {}
    for number, line in enumerate(lines):
        where = f"lines[{number}]"
        if not isinstance(line, dict):
            raise BadInput(f"{where} must be an object")
        product_id = _integer(line, "product_id", f"{where}.product_id", MAX_ID)
        quantity = _integer(line, "quantity", f"{where}.quantity", MAX_QUANTITY)
        quantities[product_id] = quantities.get(product_id, 0) + quantity
    return OrderRequest(customer_id, tuple(Line(*item) for item in sorted(quantities.items())))


def _integer(body: Mapping[str, Any], key: str, where: str, most: int) -> int:
    value = body.get(key)
    # JSON's true is an int to Python, but not a quantity.
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise BadInput(f"{where} must be a whole number from 1 to {most}")
    return value
