"""Values that are secrets by their form alone: tokens that detect-secrets knows, and random texts.

The library costs a sixth of a second to import, so it is asked only about texts with something in
them that could be one. Nothing is verified: no token ever leaves this machine.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from parity.secrecy import shape

Span = tuple[int, int]

_PLUGINS = (
    ("artifactory", "ArtifactoryDetector"),
    ("aws", "AWSKeyDetector"),
    ("azure_storage_key", "AzureStorageKeyDetector"),
    ("cloudant", "CloudantDetector"),
    ("discord", "DiscordBotTokenDetector"),
    ("github_token", "GitHubTokenDetector"),
    ("gitlab_token", "GitLabTokenDetector"),
    ("ibm_cloud_iam", "IbmCloudIamDetector"),
    ("ibm_cos_hmac", "IbmCosHmacDetector"),
    ("mailchimp", "MailchimpDetector"),
    ("npm", "NpmDetector"),
    ("openai", "OpenAIDetector"),
    ("pypi_token", "PypiTokenDetector"),
    ("sendgrid", "SendGridDetector"),
    ("slack", "SlackDetector"),
    ("softlayer", "SoftlayerDetector"),
    ("square_oauth", "SquareOAuthDetector"),
    ("stripe", "StripeDetector"),
    ("telegram_token", "TelegramBotTokenDetector"),
    ("twilio", "TwilioKeyDetector"),
)
_HINT = re.compile(
    r"AKC[a-zA-Z0-9]{10}|\bAP[\dA-F][a-zA-Z0-9]{8}|A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA|(?i:aws)|AccountKey="
    r"|cloudant|[MNO][a-zA-Z\d_-]{23,25}\.|gh[pousr]_|gl[a-z]{2,5}-|GR1348941|(?i:ibm|iam|cos|cloud)"
    r"|npm_|dop_v1_|\bhf_|AIza|ya29\.|GOCSPX|shp[ac]t_|dckr_pat|\bhv[sb]\.|AGE-SEC|github_pat|sq0atp|EAAA|phc_"
    r"|lin_api|xapp-|nvapi-|[srp]k_test"
    r"|eyJ|-us\d|_authToken|sk-|pypi-|SG\.|xox|hooks\.slack|softlayer|sq0csp|[rs]k_live"
    r"|\d{8,10}:[0-9A-Za-z_-]{35}|AC[a-z0-9]{32}|SK[a-z0-9]{32}"
)
_TOO_WIDE = frozenset({r'(?:\s|=|:|"|^)AP[\dABCDEF][a-zA-Z0-9]{8,}(?:\s|"|$)'})
"""Takes APACHE2SERVER for a password."""
_OWN = (
    re.compile(r"eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)*"),
    re.compile(
        r"(?<![\w-])(?:[srp]k_(?:live|test)_|sk-(?:ant-|proj-)?|npm_|dop_v1_|hf_|AIza|ya29\.|GOCSPX-|shp[ac]t_"
        r"|dckr_pat_|hv[sb]\.|AGE-SECRET-KEY-|github_pat_|sq0atp-|EAAA|phc_|lin_api_|xapp-|nvapi-)[\w.-]{16,}"
    ),
)
"""Forms that the library has not, or finds the beginning of."""
_LONG = re.compile(r"[\w+/=-]{16}")
"""The shortest token of the library with a form of its own is longer."""
_RANDOM = re.compile(r"(?<![\w+/=.@:%-])[A-Za-z0-9+/_-]{20,}={0,2}(?![\w+/=.@%-])")
_MIXED = (re.compile("[a-z]"), re.compile("[A-Z]"), re.compile("[0-9]"))
_LEAST_BITS = 80
_LEAST_SHARE = 0.7
_LEAST_SHANNON = 3.7
"""Bits a character: 20 random letters and digits have 4.1 on average, few have less than this."""


def spans(text: str) -> tuple[Span, ...]:
    """Where such tokens stand in a text."""
    if len(text) < 16 or not _LONG.search(text):  # noqa: PLR2004
        return ()
    return (*_known(text), *_random(text))


def _known(text: str) -> Iterable[Span]:
    if not _HINT.search(text):
        return
    for pattern in (*_OWN, *_library()):
        for match in pattern.finditer(text):
            # Some forms are found by words around them; the token is what the groups hold.
            groups = [n for n in range(1, (match.re.groups or 0) + 1) if len(match[n] or "") > 12]  # noqa: PLR2004
            yield match.span(groups[0] if groups else 0)


@lru_cache(maxsize=1)
def _library() -> tuple[re.Pattern[str], ...]:
    from importlib import import_module

    found: list[re.Pattern[str]] = []
    for module, name in _PLUGINS:
        plugin: Any = getattr(import_module(f"detect_secrets.plugins.{module}"), name)
        found += [form for form in plugin().denylist if form.pattern not in _TOO_WIDE]
    return tuple(found)


def _random(text: str) -> Iterable[Span]:
    return (match.span() for match in _RANDOM.finditer(text) if is_random(match[0]))


def is_random(word: str) -> bool:
    """Whether somebody's generator wrote it: mixed, without words, and not only hexadecimal digits.

    Digests, identifiers and commits are hexadecimal as well, so those say nothing.
    """
    if word.startswith("/") or not all(pattern.search(word) for pattern in _MIXED):
        return False
    if len(shape.without_words(word)) < _LEAST_SHARE * len(word):
        return False
    return shape.bits(word) >= _LEAST_BITS and shape.shannon(word) >= _LEAST_SHANNON
