"""Orders: placed under row locks, paid, shipped. Stock never goes below zero."""

from typing import Any

from psycopg2.extensions import connection as Connection

from shop import catalogue
from shop.errors import BadInput, Conflict, NotFound
from shop.inputs import OrderRequest
from shop.settings import Settings


def place(connection: Connection, request: OrderRequest) -> int:
    """Reserve stock and write the order; all of it or nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM customers WHERE id = %s", (request.customer_id,))
        if cursor.fetchone() is None:
            raise BadInput(f"no customer {request.customer_id}")
        # Every order locks its products in id order, so two orders cannot wait for each other.
        cursor.execute(
            "SELECT id, stock, price_cents FROM products WHERE id = ANY(%s) ORDER BY id FOR UPDATE",
            ([line.product_id for line in request.lines],),
        )
        found = {product_id: (stock, cents) for product_id, stock, cents in cursor.fetchall()}
        for line in request.lines:
            if line.product_id not in found:
                raise BadInput(f"no product {line.product_id}")
            if found[line.product_id][0] < line.quantity:
                raise Conflict(f"product {line.product_id} is out of stock")
        cursor.execute(
            "INSERT INTO orders (customer_id, status) VALUES (%s, 'placed') RETURNING id",
            (request.customer_id,),
        )
        order_id: int = cursor.fetchone()[0]
        for line in request.lines:
            cursor.execute(
                "UPDATE products SET stock = stock - %s WHERE id = %s",
                (line.quantity, line.product_id),
            )
            cursor.execute(
                "INSERT INTO order_lines (order_id, product_id, quantity, price_cents)"
                " VALUES (%s, %s, %s, %s)",
                (order_id, line.product_id, line.quantity, found[line.product_id][1]),
            )
    return order_id


def read(connection: Connection, settings: Settings, order_id: int) -> dict[str, Any]:
    """One order with its lines and total."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT customer_id, status, placed_at, paid_at, shipped_at FROM orders WHERE id = %s",
            (order_id,),
        )
        row = cursor.fetchone()
        if row is None:
            raise NotFound(f"no order {order_id}")
        cursor.execute(
            "SELECT product_id, quantity, price_cents FROM order_lines"
            " WHERE order_id = %s ORDER BY product_id",
            (order_id,),
        )
        lines = [
            {"product_id": product_id, "quantity": quantity, "price_cents": cents}
            for product_id, quantity, cents in cursor.fetchall()
        ]
    customer_id, status, *times = row
    placed_at, paid_at, shipped_at = (time and time.isoformat() for time in times)
    total = sum(line["quantity"] * line["price_cents"] for line in lines)
    return {
        "id": order_id,
        "invoice": f"{settings.invoice_prefix}{order_id:06d}",
        "customer_id": customer_id,
        "status": status,
        "lines": lines,
        "total_cents": total,
        "total": catalogue.price(total, settings),
        "placed_at": placed_at,
        "paid_at": paid_at,
        "shipped_at": shipped_at,
    }


def mark_paid(connection: Connection, order_id: int, reference: str) -> None:
    """Record the bank's reference; refused when the order has been paid meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE orders SET status = CASE status WHEN 'placed' THEN 'paid' ELSE status END,"
            " paid_at = now(), payment_reference = %s WHERE id = %s AND paid_at IS NULL",
            (reference, order_id),
        )
        if cursor.rowcount != 1:
            raise Conflict(f"order {order_id} is already paid")


def mark_shipped(connection: Connection, order_id: int) -> bool:
    """Record a shipment once; False when it had been recorded before.

    The broker may deliver a message twice. The shipment's primary key is the order, so the
    second delivery changes nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM orders WHERE id = %s FOR UPDATE", (order_id,))
        if cursor.fetchone() is None:
            raise NotFound(f"no order {order_id}")
        cursor.execute(
            "INSERT INTO shipments (order_id) VALUES (%s) ON CONFLICT (order_id) DO NOTHING",
            (order_id,),
        )
        if cursor.rowcount == 0:
            return False
        cursor.execute(
            "UPDATE orders SET status = 'shipped', shipped_at = now() WHERE id = %s", (order_id,)
        )
    return True
