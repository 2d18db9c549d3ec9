"""Names that may be a secret's, where the value has to decide: `TOKEN_2`, `dbPasswordReplica`, `ROUTING_KEY`.

Wider than `secrecy.detect`, whose answer changes what runs: here a mistake only hides a plain value.
"""

import re
from functools import lru_cache
from pathlib import PurePosixPath

from parity.secrecy import shape
from parity.secrecy.detect import secret_name

_PASSWORD = re.compile(
    r"(?:^|[_\-.])(?:PASSWORDS?|PASSWD|PASSPHRASE|PGPASS|PWD|REDIS_AUTH|REQUIREPASS|MASTERAUTH)(?=[_\-.\d]|$)|[Pp]assword(?=[A-Z_\d.\-]|s?$)",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"(?:^|[_\-.])(?:SECRETS?|TOKENS?|API_?KEYS?|ACCESS_?KEYS?|PRIVATE_?KEYS?|CREDS|CREDENTIALS?|AUTH"
    r"|KEYS?|PSK|PIN|SEED|SIGNATURE|DSN|LICEN[CS]E)(?=[_\-.\d]|$)"
    r"|(?:secret|token|apikey|api_key|privatekey|accesskey|credential)s?$",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"[_\-.]?(?:FILE|FILENAME|PATH|DIR|URL|URI|HOST|HOSTNAME|PORT|NAME|ID|TTL|TIMEOUT|EXPIR\w*|LIFETIME|AGE"
    r"|LEN|LENGTH|MIN\w*|MAX\w*|POLICY|ENABLED|ENABLE|DISABLED|DISABLE|HASH(?:ER|ING)\w*|ALG\w*|METHOD|TYPE|ISSUER"
    r"|AUDIENCE|HEADER|FIELD|REQUIRED|RESET|ENDPOINT|MOUNT|STORE|PROVIDER|REGION|REALM|SCOPE|MODE|PREFIX"
    r"|COUNT|SIZE|LIMIT|INTERVAL|REF|VERSION|USER|USERNAME|DRIVER|ENGINE|STRATEGY|SOURCE|BACKEND|ROUNDS"
    r"|CHECK|VALIDATION|RULE|FORMAT|LOCATION|ALIAS|SERVER|CLASS|PLUGIN|SERVICE|DOMAIN|GROUP|PUBLIC\w*)S?$",
    re.IGNORECASE,
)
_PUBLIC = re.compile(r"PUBLIC|PUBLISHABLE|SITE_?KEY", re.IGNORECASE)
_NOT_ONE = re.compile(
    r"\s|^[a-z][\w+.:-]*://|^[./~]|^\$|^\d+(?:\.\d+)?[a-zA-Z]{0,3}$|^(?:true|false|yes|no|on|off|none|null)$"
    r"|^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?$",
    re.IGNORECASE,
)
"""Sentences, URLs, paths, references, numbers, switches and host names."""
_SHORTEST = 3
_LEAST_BITS = 30
_FILES = re.compile(
    r"^\.?(?:pgpass|htpasswd|netrc|git-credentials|dockerconfigjson|vault-token|my\.cnf\.secret)$"
    r"|^id_(?:rsa|dsa|ecdsa|ed25519)$|\.(?:key|p12|pfx|jks|keystore|kdbx)$",
    re.IGNORECASE,
)
_SECRET_FOLDERS = ("/run/secrets/", "/var/run/secrets/")


@lru_cache(maxsize=8192)
def may_be_secret(name: str) -> bool:
    """Whether the value decides."""
    return not _PUBLIC.search(name) and bool(
        (_PASSWORD.search(name) or _OTHER.search(name)) and not _ABOUT.search(name)
    )


def decides(name: str, value: str) -> bool:
    """Whether a value under such a name is a secret."""
    if len(value) < _SHORTEST or _NOT_ONE.search(value):
        return False
    return bool(_PASSWORD.search(name)) or shape.bits(value) >= _LEAST_BITS


def secret_file(path: str) -> bool:
    """Whether a file of that name holds a secret and nothing else."""
    file = PurePosixPath(path)
    if path.startswith(_SECRET_FOLDERS) or _FILES.search(file.name):
        return True
    return secret_name(file.name.partition(".")[0]) and file.suffix in ("", ".txt", ".secret")
