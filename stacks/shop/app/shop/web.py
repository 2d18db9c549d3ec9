"""The HTTP interface. Every answer is JSON, every error is {"error": "one sentence"}."""

import json
from typing import Any

import flask
from werkzeug.exceptions import HTTPException

from shop import VERSION, broker, catalogue, health, inputs, orders, receipts
from shop.cache import Cache
from shop.database import Pool
from shop.errors import BadInput, Conflict, NotFound, ShopError
from shop.payment import Bank
from shop.settings import Settings

SECRETS = ("cache_password", "queue_password", "session_key", "payment_api_key")

Answer = tuple[dict[str, Any], int]


class Shop:
    """The request handlers and the services they use."""

    def __init__(self, settings: Settings) -> None:
        assert settings.session_key and settings.payment_api_key
        self.settings = settings
        self.session_key = settings.session_key
        self.pool = Pool(settings.database_url, settings.database_pool)
        self.cache = Cache(settings.cache_url, settings.cache_password)
        self.publisher = broker.Publisher(
            broker.parameters(settings.queue_url, settings.queue_password)
        )
        self.bank = Bank(settings.payment_url, settings.payment_api_key, settings.payment_timeout)

    def health(self) -> Answer:
        """200 when database, cache and queue answer, else 503."""
        document, healthy = health.report(
            {"db": self._ping_database, "cache": self.cache.ping, "queue": self.publisher.ping}
        )
        return document, 200 if healthy else 503

    def version(self) -> Answer:
        """What is running, and how it presents itself."""
        settings = self.settings
        return {
            "version": VERSION,
            "name": settings.name,
            "motto": settings.motto,
            "notice": settings.notice or None,
            "accent": settings.accent,
            "features": dict(settings.features),
        }, 200

    def products(self) -> Answer:
        """One page of the catalogue or of a search, at most `cache_ttl` old."""
        query, page = inputs.search_query(flask.request.args)
        key = f"products:{VERSION}:{page}:{query.lower()}"
        if self.settings.search_cache and (cached := self.cache.get(key)) is not None:
            return cached, 200
        with self.pool.transaction() as connection:
            found = catalogue.search(connection, self.settings, query=query, page=page)
        if self.settings.search_cache:
            self.cache.set(key, found, self.settings.cache_ttl)
        return found, 200

    def product(self, product_id: int) -> Answer:
        """One product, never from the cache: its stock is what the buyer decides by."""
        _known_id(product_id, "product")
        with self.pool.transaction() as connection:
            return catalogue.product(connection, self.settings, product_id), 200

    def place_order(self) -> Answer:
        """Place an order; 409 when something is out of stock."""
        request = inputs.order(_json_body())
        with self.pool.transaction() as connection:
            order_id = orders.place(connection, request)
            document = orders.read(connection, self.settings, order_id)
        return document | {"receipt": self._receipt(order_id)}, 201

    def order(self, order_id: int) -> Answer:
        """One order."""
        _known_id(order_id, "order")
        with self.pool.transaction() as connection:
            return orders.read(connection, self.settings, order_id), 200

    def receipt(self, token: str) -> Answer:
        """One order by its signed link."""
        if self.settings.features.get("receipts", "on") != "on":
            raise NotFound("no such receipt")
        return self.order(receipts.order_of(token, self.session_key))

    def pay(self, order_id: int) -> Answer:
        """Charge the order at the bank; 502 when the bank says no or says nothing."""
        order, _ = self.order(order_id)
        if order["paid_at"] is not None:
            raise Conflict(f"order {order_id} is already paid")
        # No transaction is open while the bank thinks: a slow bank must not hold locks.
        reference = self.bank.charge(
            order_id=order_id, cents=order["total_cents"], currency=self.settings.currency
        )
        with self.pool.transaction() as connection:
            orders.mark_paid(connection, order_id, reference)
            return orders.read(connection, self.settings, order_id), 200

    def ship(self, order_id: int) -> Answer:
        """Hand the order to the worker. Customers here buy on account: unpaid orders ship too."""
        order, _ = self.order(order_id)
        if order["status"] == "shipped":
            raise Conflict(f"order {order_id} is already shipped")
        self.publisher.ship(order_id)
        return {"id": order_id, "status": order["status"], "shipping": "requested"}, 202

    def _receipt(self, order_id: int) -> str:
        return receipts.token(order_id, self.session_key)

    def _ping_database(self) -> None:
        with self.pool.transaction() as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1")


def create_app(settings: Settings) -> flask.Flask:
    """The WSGI application."""
    shop = Shop(settings)
    app = flask.Flask("shop", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body
    app.add_url_rule("/health", view_func=shop.health)
    app.add_url_rule("/version", view_func=shop.version)
    app.add_url_rule("/products", view_func=shop.products)
    app.add_url_rule("/products/<int:product_id>", view_func=shop.product)
    app.add_url_rule("/orders", view_func=shop.place_order, methods=["POST"])
    app.add_url_rule("/orders/<int:order_id>", view_func=shop.order)
    app.add_url_rule("/orders/<int:order_id>/pay", view_func=shop.pay, methods=["POST"])
    app.add_url_rule("/orders/<int:order_id>/ship", view_func=shop.ship, methods=["POST"])
    app.add_url_rule("/receipts/<token>", view_func=shop.receipt)
    app.register_error_handler(ShopError, _shop_error)
    app.register_error_handler(HTTPException, _http_error)
    return app


def _json_body() -> Any:
    request = flask.request
    if request.mimetype != "application/json":
        raise BadInput("send JSON with Content-Type: application/json")
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise BadInput("the body is not valid JSON") from None


def _known_id(number: int, kind: str) -> None:
    if not 1 <= number <= inputs.MAX_ID:
        raise NotFound(f"no {kind} {number}")


def _shop_error(error: ShopError) -> Answer:
    if error.status >= 500:
        flask.current_app.logger.warning(
            "%s %s: %s", flask.request.method, flask.request.path, error
        )
    return {"error": error.message}, error.status


def _http_error(error: HTTPException) -> Any:
    response = flask.jsonify(error=(error.description or error.name).split(".")[0].lower())
    response.status_code = error.code or 500
    for name, value in error.get_headers():
        if name.lower() == "allow":
            response.headers[name] = value
    return response
