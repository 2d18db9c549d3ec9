"""Put one message into the dead letters, as if the worker had set it aside. Run in `worker`, from stdin."""

import os

import pika
from shop import broker, settings

found = settings.load(os.environ, secrets=("queue_password",))
parameters = broker.parameters(found.queue_url, found.queue_password)
with pika.BlockingConnection(parameters) as connection:
    channel = connection.channel()
    broker.declare(channel)
    channel.confirm_delivery()
    channel.basic_publish(
        exchange="",
        routing_key=broker.DEAD_LETTERS,
        body=b'{"order": 15001}',
        properties=pika.BasicProperties(delivery_mode=2),
    )
