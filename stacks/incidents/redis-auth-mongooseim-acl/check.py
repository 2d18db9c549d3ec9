"""A client of the time before Redis had users: it has a setting for the password alone."""

import os
from urllib.parse import urlsplit

import redis

link = urlsplit(os.environ["REDIS_URL"])
redis.Redis(host=link.hostname, password=link.password).ping()
print("connected")
