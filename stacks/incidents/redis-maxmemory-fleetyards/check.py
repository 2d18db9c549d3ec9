"""A job that waits in its queue, while pages fill the memory."""

import contextlib
import os

import redis

cache = redis.from_url(os.environ["REDIS_URL"])
cache.flushall()
cache.rpush("jobs", "send the invoice")
with contextlib.suppress(redis.ResponseError):  # out of memory: the program is told
    for number in range(400):
        cache.set(f"page:{number}", b"x" * 40_000)
waiting = cache.llen("jobs")
print("1 job waits" if waiting else "0 jobs wait")
