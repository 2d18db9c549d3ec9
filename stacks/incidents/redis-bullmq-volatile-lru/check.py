"""A job's lock, while results with a time to live fill the memory."""

import contextlib
import os

import redis

cache = redis.from_url(os.environ["REDIS_URL"])
cache.flushall()
cache.set("job:1:lock", "worker-7", ex=600)
with contextlib.suppress(redis.ResponseError):  # out of memory: the program is told
    for number in range(400):
        cache.set(f"result:{number}", b"x" * 40_000, ex=600)
print("the lock is there" if cache.get("job:1:lock") else "the lock is gone")
