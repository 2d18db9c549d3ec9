"""Products: browse, search by trigram similarity, look at one."""

from string import Template
from typing import Any

from psycopg2.extensions import connection as Connection

from shop.errors import NotFound
from shop.settings import Settings

# How much of the query must be found in a name: forgives a letter or two per word.
_LIKENESS = 0.4
_COLUMNS = "id, sku, name, category, price_cents, stock"


def price(cents: int, settings: Settings) -> str:
    """An amount as the shop prints it."""
    amount = f"{cents // 100}.{cents % 100:02d}"
    return Template(settings.price_template).substitute(amount=amount, currency=settings.currency)


def search(connection: Connection, settings: Settings, *, query: str, page: int) -> dict[str, Any]:
    """One page of products; with a query the best matches first."""
    window = {"limit": settings.page_size, "offset": (page - 1) * settings.page_size}
    with connection.cursor() as cursor:
        if not query:
            cursor.execute("SELECT count(*) FROM products")
            total = cursor.fetchone()[0]
            cursor.execute(
                f"SELECT {_COLUMNS} FROM products ORDER BY id LIMIT %(limit)s OFFSET %(offset)s",
                window,
            )
        else:
            match = _match(settings)
            cursor.execute("SET LOCAL pg_trgm.word_similarity_threshold = %s", (_LIKENESS,))
            values = {"query": query, "like": f"%{_escape_like(query)}%", **window}
            cursor.execute(f"SELECT count(*) FROM products WHERE {match}", values)
            total = cursor.fetchone()[0]
            cursor.execute(
                f"SELECT {_COLUMNS} FROM products WHERE {match}"
                " ORDER BY word_similarity(%(query)s, name) DESC, id"
                " LIMIT %(limit)s OFFSET %(offset)s",
                values,
            )
        items = [_product(row, settings) for row in cursor.fetchall()]
    return {"items": items, "page": page, "page_size": settings.page_size, "total": total}


def product(connection: Connection, settings: Settings, product_id: int) -> dict[str, Any]:
    """One product."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_COLUMNS} FROM products WHERE id = %s", (product_id,))
        row = cursor.fetchone()
    if row is None:
        raise NotFound(f"no product {product_id}")
    return _product(row, settings)


def _match(settings: Settings) -> str:
    if settings.features.get("search", "trigram") == "trigram":
        return "(name ILIKE %(like)s OR %(query)s <%% name)"
    return "name ILIKE %(like)s"


def _escape_like(text: str) -> str:
    for special in ("\\", "%", "_"):
        text = text.replace(special, "\\" + special)
    return text


def _product(row: tuple[Any, ...], settings: Settings) -> dict[str, Any]:
    product_id, sku, name, category, cents, stock = row
    return {
        "id": product_id,
        "sku": sku,
        "name": name,
        "category": category,
        "price_cents": cents,
        "price": price(cents, settings),
        "stock": stock,
    }
