"""The Redis cache. It is never needed for a right answer, so its absence is no error."""

import json
import logging
from typing import Any

import redis

log = logging.getLogger(__name__)


class Cache:
    """JSON values with a lifetime."""

    def __init__(self, url: str, password: str | None) -> None:
        self._client = redis.Redis.from_url(
            url, password=password, socket_timeout=1.0, socket_connect_timeout=1.0
        )

    def get(self, key: str) -> Any | None:
        """The value, or None when there is none that can be read or Redis does not answer."""
        try:
            text = self._client.get(key)
        except redis.RedisError as error:
            log.warning("cache: %s", error)
            return None
        try:
            return None if text is None else json.loads(text)
        except (ValueError, RecursionError):
            log.warning("cache: %s holds no JSON", key)
            return None

    def set(self, key: str, value: Any, ttl: float) -> None:
        """Keep the value for `ttl` seconds."""
        try:
            self._client.set(key, json.dumps(value), px=max(1, int(ttl * 1000)))
        except redis.RedisError as error:
            log.warning("cache: %s", error)

    def ping(self) -> None:
        """Raise redis.RedisError unless Redis answers and accepts the password."""
        self._client.ping()
