"""Which values of a definition are secrets: by the setting's name, by URL, by known token form."""

import re
from urllib.parse import urlsplit

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

# In a connection string (`host=db password=x`, `Server=db;Pwd=x`, `?password=x`) or mount options.
# What begins with `$` is the shell's or Compose's variable.
_IN_TEXT = re.compile(
    r"(?:^|[\s;,&?])(?P<key>\w*(?:password|passwd|pwd)\s*=)(?P<value>[^\s;,&'\"$<{][^\s;,&'\"]*)",
    re.IGNORECASE,
)


def is_secret(name: str, value: str) -> bool:
    """Whether a setting of this name and value is a secret as a whole."""
    if _PLAIN.match(value):
        return False
    return bool(_TOKEN.search(value)) or (bool(_NAME.search(name)) and "://" not in value)


def url_password(value: str) -> str:
    """The password inside a URL's authority, as it is written there; empty where there is none."""
    if "://" not in value or "@" not in value:
        return ""
    try:
        authority = urlsplit(value.strip()).netloc
    except ValueError:
        return ""
    user, at, _ = authority.rpartition("@")
    _, colon, password = user.partition(":")
    return password if at and colon and not _PLAIN.match(password) else ""


def text_password(value: str) -> tuple[str, str]:
    """The `password=` of a connection string as it is written there, and its value; or nothing."""
    for found in _IN_TEXT.finditer(value):
        if not _PLAIN.match(found["value"]):
            return found["key"], found["value"]
    return "", ""
