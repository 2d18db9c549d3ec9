"""Two counters, read at once."""

import os

import redis

cache = redis.from_url(os.environ["REDIS_URL"])
print(len(cache.mget("requests:today", "requests:yesterday")), "values")
