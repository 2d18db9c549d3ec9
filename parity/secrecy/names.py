"""Names that may be a secret's, where the value has to decide: `TOKEN_2`, `dbPasswordReplica`, `ROUTING_KEY`.

Wider than `secrecy.detect`, whose answer changes what runs: here a mistake only hides a plain value.
"""

import re
from functools import lru_cache
from pathlib import PurePosixPath

from parity.secrecy import detect, shape
from parity.secrecy.detect import secret_name

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[.\-/ ]")
_ONE_OF_SEVERAL = re.compile(
    r"(?:_?\d+|_(?:OLD|NEW|PREV|PREVIOUS|NEXT|CURRENT|PRIMARY|SECONDARY|REPLICA|READER|WRITER|RO|RW|PROD"
    r"|PRODUCTION|STAGING|STAGE|TEST|DEV|LIVE|BACKUP|DEFAULT|MASTER|V\d+|[AB]))+$"
)
_PASSWORD = re.compile(
    r"(?:^|_)(?:PASSWORDS?|PASSWD|PASSPHRASE|PGPASS|PWD|REDIS_AUTH|REQUIREPASS|MASTERAUTH)(?=_|$)"
)
_OTHER = re.compile(
    r"(?:^|_)(?:SECRETS?|TOKENS?|API_?KEYS?|ACCESS_?KEYS?|PRIVATE_?KEYS?|CREDS|CREDENTIALS?|AUTH|KEYS?|PSK"
    r"|PIN|SEED|SIGNATURE|DSN|LICEN[CS]E)(?=_|$)|(?:SECRET|TOKEN|APIKEY|PRIVATEKEY|ACCESSKEY|CREDENTIAL)S?$"
)
_SERVICES = re.compile(r"(?:(?:files|compat|db|systemd|sss|ldap|winbind|nis)(?:\s+|$))+$")
"""Where a system looks up its users: `passwd: files systemd` in nsswitch.conf."""
_PIN = re.compile(r"(?:^|_)PIN$")
_ABOUT = re.compile(
    r"(?:^|_)(?:FILE|FILENAME|PATH|DIR|URL|URI|HOST|HOSTNAME|PORT|NAME|ID|TTL|TIMEOUT|EXPIR[A-Z]*|LIFETIME|AGE"
    r"|LEN|LENGTH|MIN|MINIMUM|MAX|MAXIMUM|POLICY|ENABLED|ENABLE|DISABLED|DISABLE|HASHER|HASHING|ALG|ALGORITHM"
    r"|METHOD|TYPE|ISSUER|AUDIENCE|HEADER|FIELD|REQUIRED|RESET|ENDPOINT|MOUNT|STORE|PROVIDER|REGION|REALM"
    r"|SCOPE|MODE|PREFIX|COUNT|SIZE|LIMIT|INTERVAL|REF|VERSION|USER|USERNAME|DRIVER|ENGINE|STRATEGY|SOURCE"
    r"|BACKEND|ROUND|CHECK|VALIDATION|RULE|FORMAT|LOCATION|ALIAS|SERVER|CLASS|PLUGIN|SERVICE|DOMAIN|GROUP"
    r"|PUBLIC)S?$"
)
_PUBLIC = re.compile(r"PUBLIC|PUBLISHABLE|SITE_?KEY")
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
def known_secret(name: str) -> bool:
    """Whether any value under the name is one, one of several (`TOKEN_2`) and other spellings included."""
    return secret_name(name) or secret_name(_ONE_OF_SEVERAL.sub("", _spelt(name)))


@lru_cache(maxsize=8192)
def may_be_secret(name: str) -> bool:
    """Whether the value decides."""
    spelt = _spelt(name)
    if _PUBLIC.search(spelt) or _ABOUT.search(spelt):
        return False
    return bool(_PASSWORD.search(spelt) or _OTHER.search(spelt))


def is_secret(name: str, value: str) -> bool:
    """Whether a setting of such a name, known or possible, is a secret as a whole."""
    if name.endswith("passwd") and _SERVICES.match(value):
        return False
    if known_secret(name):
        return detect.is_secret("password", value)
    if _PIN.search(_spelt(name)) and value.isdecimal() and len(value) > _SHORTEST:
        return True
    if len(value) < _SHORTEST or _NOT_ONE.search(value):
        return False
    return bool(_PASSWORD.search(_spelt(name))) or shape.bits(value) >= _LEAST_BITS


def _spelt(name: str) -> str:
    return _HUMP.sub("_", name).upper()


def secret_file(path: str) -> bool:
    """Whether a file of that name holds a secret and nothing else."""
    file = PurePosixPath(path)
    if path.startswith(_SECRET_FOLDERS) or _FILES.search(file.name):
        return True
    return known_secret(file.name.partition(".")[0]) and file.suffix in ("", ".txt", ".secret")
