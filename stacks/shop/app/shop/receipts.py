"""Receipt links: an order number signed with the session key, so that it cannot be guessed."""

import hashlib
import hmac
import re

from shop.errors import NotFound


def token(order_id: int, key: str) -> str:
    """The link's last part for an order."""
    return f"{order_id}-{_signature(order_id, key)}"


def order_of(text: str, key: str) -> int:
    """The order that a token is for; NotFound when it was not made with this key."""
    match = re.fullmatch(r"([0-9]{1,9})-([0-9a-f]{32})", text)
    if match is None or not hmac.compare_digest(match[2], _signature(int(match[1]), key)):
        raise NotFound("no such receipt")
    return int(match[1])


def _signature(order_id: int, key: str) -> str:
    return hmac.new(key.encode(), str(order_id).encode(), hashlib.sha256).hexdigest()[:32]
