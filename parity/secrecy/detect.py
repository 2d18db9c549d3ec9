"""Which values of a definition are secrets: by the setting's name, by URL, by known token form."""

import re

from parity.model.reference import REFERENCE

_NAME = re.compile(
    r"(?:^|[_\-.])(?:PASSWORD|PASSWD|PASS|PWD|PASSPHRASE|SECRET|SECRET_?KEY(?:_BASE)?|TOKEN|API_?KEY"
    r"|AUTH_?KEY|ACCESS_?KEY|PRIVATE_?KEY|ENCRYPTION_?KEY|SIGNING_?KEY|MASTER_?KEY|APP_?KEY"
    r"|CREDENTIALS?|SALT|PEPPER|COOKIE|HMAC)$|(?:PASSWORD|SECRET|TOKEN)$",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"^(?:sk|rk|pk)_(?:live|test)_\w{8,}|^AKIA[0-9A-Z]{12,}|^gh[pousr]_\w{20,}|^xox[abposr]-[\w-]{10,}"
    r"|^eyJ[\w-]{8,}\.[\w-]{8,}\.|^glpat-[\w-]{12,}|^SG\.[\w-]{10,}\.|-----BEGIN [A-Z ]*PRIVATE KEY"
)
_PLAIN = re.compile(
    r"^(?:|true|false|yes|no|on|off|none|null|\d{1,3}|/[\w./-]*|\$\{secret:[^}]+\})$", re.IGNORECASE
)
_URL = re.compile(r"^[a-z][\w+.:-]*://[\w.\[$-]", re.IGNORECASE)
"""What only holds a password, or tells where one is reset."""

_MASK = "\0"

# From the first colon of a URL's authority to its last `@`; `"` ends the URLs of a JSON text.
_IN_URL = re.compile(r"(?<=\w)://[^\s/?#\"\[:]*:(?P<value>[^\s/?#\"]+)@")
# In a connection string (`host=db password=x`, `Server=db;Pwd=x`, `?password=x`) or mount options.
# What begins with `$` is the shell's or Compose's variable.
_IN_TEXT = re.compile(
    r"(?:^|[\s;,&?])\w*(?:password|passwd|pwd)\s*=(?P<value>[^\s;,&'\"$<{][^\s;,&'\"]*)",
    re.IGNORECASE,
)


def secret_name(name: str) -> bool:
    """Whether a setting of this name holds a secret, if it holds anything."""
    return bool(_NAME.search(name))


def is_secret(name: str, value: str) -> bool:
    """Whether a setting of this name and value is a secret as a whole."""
    if _PLAIN.match(value):
        return False
    return token_form(value) or (secret_name(name) and not _URL.match(value))


def token_form(value: str) -> bool:
    """Whether it is a secret by its form, whatever the setting is called."""
    return bool(_TOKEN.search(value))


def passwords_in(value: str) -> tuple[tuple[int, int], ...]:
    """Where passwords stand within a text: in URLs' authorities and after `password=`.

    As start and end, in order, without overlap; none that is a reference or holds one.
    """
    # References keep their length, so that the positions hold.
    text = REFERENCE.sub(lambda found: _MASK * len(found[0]), value)
    found = sorted(
        match.span("value")
        for pattern in (_IN_URL, _IN_TEXT)
        for match in pattern.finditer(text)
        if _MASK not in match["value"] and not _PLAIN.match(match["value"])
    )
    kept: list[tuple[int, int]] = []
    for start, end in found:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)
