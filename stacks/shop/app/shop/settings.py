"""The one place that reads the environment: every setting is parsed here or the program stops."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import urlsplit

from shop import values


class SettingsError(Exception):
    """One or more settings are missing or malformed; the message names all of them."""


@dataclass(frozen=True)
class Settings:
    """What the environment says, parsed. Secrets that a program has not asked for are None."""

    name: str
    motto: str
    notice: str
    accent: str
    currency: str
    price_template: str
    invoice_prefix: str
    features: Mapping[str, str]
    page_size: int
    search_cache: bool
    cache_ttl: float
    max_body: int
    database_url: str
    database_pool: int
    cache_url: str
    queue_url: str
    payment_url: str
    payment_timeout: float
    cache_password: str | None = None
    queue_password: str | None = None
    session_key: str | None = None
    payment_api_key: str | None = None

    def __repr__(self) -> str:
        """Nothing but the name: a settings object in a log line must not carry passwords."""
        return f"<Settings of {self.name}>"


def _text(text: str) -> str:
    if not text:
        raise ValueError("must not be empty")
    return text


def _price_template(text: str) -> str:
    try:
        Template(text).substitute(amount="1.00", currency="EUR")
    except (KeyError, ValueError) as error:
        raise ValueError(f"{text!r}: use ${{amount}} and ${{currency}} ({error})") from None
    if "amount" not in text:
        raise ValueError(f"{text!r} does not show ${{amount}}")
    return text


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in schemes or not parts.hostname:
            # The value may hold a password, so it is not repeated.
            raise ValueError(f"must be a URL with the scheme {' or '.join(schemes)} and a host")
        return text

    return parse


# field of Settings -> (variable, parser, default; None means required)
_VARIABLES: dict[str, tuple[str, Callable[[str], Any], str | None]] = {
    "name": ("SHOP_NAME", _text, None),
    "motto": ("SHOP_MOTTO", str, ""),
    "notice": ("SHOP_NOTICE", str, ""),
    "accent": ("SHOP_ACCENT", values.colour, None),
    "currency": ("SHOP_CURRENCY", _text, None),
    "price_template": ("SHOP_PRICE_TEMPLATE", _price_template, None),
    "invoice_prefix": ("SHOP_INVOICE_PREFIX", _text, None),
    "features": ("SHOP_FEATURES", values.pairs, ""),
    "page_size": ("SHOP_PAGE_SIZE", values.whole_number, "20"),
    "search_cache": ("SHOP_SEARCH_CACHE", values.boolean, "no"),
    "cache_ttl": ("SHOP_CACHE_TTL", values.duration, "30s"),
    "max_body": ("SHOP_MAX_BODY", values.size, "1m"),
    "database_url": ("DATABASE_URL", _url("postgres", "postgresql"), None),
    "database_pool": ("SHOP_DATABASE_POOL", values.whole_number, "4"),
    "cache_url": ("CACHE_URL", _url("redis"), None),
    "queue_url": ("QUEUE_URL", _url("amqp"), None),
    "payment_url": ("PAYMENT_URL", _url("http", "https"), None),
    "payment_timeout": ("SHOP_PAYMENT_TIMEOUT", values.duration, "2s"),
}
_SECRETS = ("cache_password", "queue_password", "session_key", "payment_api_key")


def _read_secret(name: str, environ: Mapping[str, str]) -> str:
    """The first line of the file that <NAME>_FILE names."""
    variable = f"{name.upper()}_FILE"
    path = environ.get(variable, "")
    if not path:
        raise ValueError(f"{variable} is not set; it names the file that holds the secret")
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "is not UTF-8 text"
        raise ValueError(f"{variable}: {path}: {reason}") from None
    if not lines or not lines[0].strip():
        raise ValueError(f"{variable}: {path} is empty")
    return lines[0].strip()


def load(environ: Mapping[str, str], *, secrets: Iterable[str] = ()) -> Settings:
    """Parse the environment, and the named secrets; report everything that is wrong at once."""
    found: dict[str, Any] = {}
    problems: list[str] = []
    for field, (variable, parse, default) in _VARIABLES.items():
        text = environ.get(variable, default)
        if text is None:
            problems.append(f"{variable} is not set")
            continue
        try:
            found[field] = parse(text)
        except ValueError as error:
            problems.append(f"{variable}: {error}")
    for name in secrets:
        if name not in _SECRETS:
            raise KeyError(name)
        try:
            found[name] = _read_secret(name, environ)
        except ValueError as error:
            problems.append(str(error))
    if problems:
        raise SettingsError("settings: " + "; ".join(problems))
    return Settings(**found)
