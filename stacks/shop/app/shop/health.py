"""Is everything that the shop depends on there?"""

import logging
from collections.abc import Callable, Mapping

import pika.exceptions
import psycopg2
import redis

from shop.errors import ShopError

log = logging.getLogger(__name__)

_FAILURES = (
    ShopError,
    psycopg2.Error,
    redis.RedisError,
    pika.exceptions.AMQPError,
    OSError,
)


def report(checks: Mapping[str, Callable[[], None]]) -> tuple[dict[str, object], bool]:
    """Run each check; the JSON document, and whether all of them passed."""
    results: dict[str, str] = {}
    for name, check in checks.items():
        try:
            check()
        except _FAILURES as error:
            log.warning("health: %s: %s", name, type(error).__name__)
            results[name] = "failed"
        else:
            results[name] = "ok"
    healthy = all(result == "ok" for result in results.values())
    return {"status": "ok" if healthy else "failed", "checks": results}, healthy
