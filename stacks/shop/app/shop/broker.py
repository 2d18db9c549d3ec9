"""The shipping queue: one durable queue, its dead letters, confirmed publishing."""

import json
from urllib.parse import unquote, urlsplit

import pika
from pika.adapters.blocking_connection import BlockingChannel

from shop.errors import Unavailable

QUEUE = "shipments"
DEAD_LETTERS = "shipments.dead"


def parameters(url: str, password: str | None) -> pika.ConnectionParameters:
    """Connection parameters from amqp://user@host:port/vhost and the password beside it."""
    parts = urlsplit(url)
    return pika.ConnectionParameters(
        host=parts.hostname or "localhost",
        port=parts.port or 5672,
        virtual_host=unquote(parts.path.lstrip("/")) or "/",
        credentials=pika.PlainCredentials(unquote(parts.username or "guest"), password or ""),
        heartbeat=30,
        socket_timeout=2,
        stack_timeout=4,
        blocked_connection_timeout=4,
    )


def declare(channel: BlockingChannel) -> None:
    """Create the queues; the same call from every side, so that start order does not matter."""
    channel.queue_declare(DEAD_LETTERS, durable=True)
    channel.queue_declare(
        QUEUE,
        durable=True,
        arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": DEAD_LETTERS},
    )


class Publisher:
    """Publishes with a connection per message: shipping is rare, a stale connection is not."""

    def __init__(self, connection_parameters: pika.ConnectionParameters) -> None:
        self._parameters = connection_parameters

    def ship(self, order_id: int) -> None:
        """Ask for an order to be shipped; returns once the broker has the message on disk."""
        try:
            with pika.BlockingConnection(self._parameters) as connection:
                channel = connection.channel()
                declare(channel)
                channel.confirm_delivery()
                channel.basic_publish(
                    exchange="",
                    routing_key=QUEUE,
                    body=json.dumps({"order_id": order_id}).encode(),
                    properties=pika.BasicProperties(
                        content_type="application/json",
                        delivery_mode=2,
                        message_id=f"ship-{order_id}",
                    ),
                    mandatory=True,
                )
        except (pika.exceptions.AMQPError, OSError) as error:
            raise Unavailable(f"queue: {type(error).__name__}") from error

    def ping(self) -> None:
        """Raise pika's or the system's error unless the broker accepts a connection."""
        pika.BlockingConnection(self._parameters).close()
