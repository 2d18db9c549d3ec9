"""A session library asks for events about keys."""

import os

import redis

redis.from_url(os.environ["REDIS_URL"]).config_set("notify-keyspace-events", "Ex")
print("events are on")
