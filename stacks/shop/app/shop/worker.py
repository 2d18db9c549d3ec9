"""The worker: takes shipping requests off the queue and records the shipment."""

import json
import logging
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

import pika
from pika.adapters.blocking_connection import BlockingChannel

from shop import broker, orders
from shop.database import Pool
from shop.errors import NotFound, Unavailable
from shop.inputs import MAX_ID
from shop.settings import Settings, SettingsError, load

log = logging.getLogger("shop.worker")

ALIVE = Path("/tmp/worker.alive")
_PAUSE_AFTER_FAILURE = 1.0


class Worker:
    """Consumes until it is told to stop; comes back when broker or database go away."""

    def __init__(self, settings: Settings) -> None:
        self._parameters = broker.parameters(settings.queue_url, settings.queue_password)
        self._pool = Pool(settings.database_url, size=1)
        self._stopping = False

    def stop(self, _signal: int, _frame: FrameType | None) -> None:
        """Finish the message in hand, then leave."""
        self._stopping = True

    def run(self) -> None:
        """Consume, reconnecting after each failure."""
        while not self._stopping:
            try:
                self._consume()
            except (pika.exceptions.AMQPError, OSError) as error:
                log.warning("queue: %s, trying again", type(error).__name__)
                time.sleep(_PAUSE_AFTER_FAILURE)
            except Unavailable as error:
                # The unacknowledged message goes back to the queue with the connection.
                log.warning("%s, trying again", error)
                time.sleep(_PAUSE_AFTER_FAILURE)

    def _consume(self) -> None:
        with pika.BlockingConnection(self._parameters) as connection:
            channel = connection.channel()
            broker.declare(channel)
            channel.basic_qos(prefetch_count=4)
            channel.basic_consume(broker.QUEUE, self._handle)
            log.info("waiting for shipments")
            while not self._stopping:
                ALIVE.touch()
                connection.process_data_events(time_limit=1)

    def _handle(
        self,
        channel: BlockingChannel,
        method: pika.spec.Basic.Deliver,
        _properties: pika.BasicProperties,
        body: bytes,
    ) -> None:
        try:
            order_id = _order_id(body)
            with self._pool.transaction() as connection:
                new = orders.mark_shipped(connection, order_id)
        except (ValueError, NotFound) as error:
            log.error("message set aside: %s", error)
            channel.basic_reject(method.delivery_tag, requeue=False)
            return
        # Acknowledged after the commit: a crash in between means a second delivery, not a loss.
        channel.basic_ack(method.delivery_tag)
        log.info("order %s %s", order_id, "shipped" if new else "had been shipped before")


def _order_id(body: bytes) -> int:
    """The order that a message names. Whatever else it holds must not end the worker.

    The broker would deliver it to the next worker, and end that one too.
    """
    try:
        document = json.loads(body)
    except RecursionError:
        raise ValueError("the message is nested too deeply") from None
    order_id = document.get("order_id") if isinstance(document, dict) else None
    if isinstance(order_id, bool) or not isinstance(order_id, int):
        raise ValueError("no order_id in the message")
    if not 1 <= order_id <= MAX_ID:
        raise ValueError("no order has such a number")
    return order_id


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    try:
        worker = Worker(load(os.environ, secrets=("queue_password",)))
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 4
    signal.signal(signal.SIGTERM, worker.stop)
    signal.signal(signal.SIGINT, worker.stop)
    worker.run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
