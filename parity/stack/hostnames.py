"""Host names in a definition's settings: what the services would try to reach."""

import re
from collections.abc import Iterator

from parity.model.document import Document, leaves

# At least two labels and a top level of letters; a file name such as `app.py` is no host.
_HOST = re.compile(
    r"(?<![\w./@-])((?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24})(?![\w.-])",
    re.IGNORECASE,
)
_IN_URL = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/?#@\s]*@)?([^/?#:@\s,]+)", re.IGNORECASE)
# A bare `a.b` may as well be a module (`shop.wsgi`) or a file. It is a host where the setting's
# name says so, or where it ends like one.
_NAMED_SO = re.compile(
    r"HOST|URL|URI|ADDR|ENDPOINT|SERVER|DOMAIN|BROKER|BOOTSTRAP|DSN|ORIGIN|PROXY", re.IGNORECASE
)
_USUAL_ENDINGS = frozenset(
    [
        "com",
        "net",
        "org",
        "io",
        "dev",
        "app",
        "cloud",
        "internal",
        "local",
        "lan",
        "corp",
        "example",
        "test",
        "invalid",
        "eu",
        "us",
        "uk",
        "de",
    ]
)
_NO_ENDINGS = frozenset(
    [
        "conf",
        "ini",
        "json",
        "yaml",
        "yml",
        "toml",
        "xml",
        "py",
        "js",
        "rb",
        "php",
        "sh",
        "pem",
        "crt",
        "key",
        "sock",
    ]
)
_WHERE = frozenset({"environment", "command", "entrypoint", "extra_hosts"})


def local_names(document: Document) -> frozenset[str]:
    """Names that something inside the stack answers to."""
    names: set[str] = set()
    for name, service in document["services"].items():
        names |= {name, service.get("container_name") or name, service.get("hostname") or name}
        for network in (service.get("networks") or {}).values():
            names |= set((network or {}).get("aliases") or ())
    names |= set((document.get("x-parity") or {}).get("names") or ())
    return frozenset(name.lower() for name in names)


def outside(document: Document) -> tuple[str, ...]:
    """Names in the settings that nothing in the stack answers to, in order of appearance."""
    inside = local_names(document)
    found: dict[str, None] = {}
    for service in document["services"].values():
        for path, value in leaves({key: service[key] for key in _WHERE & service.keys()}):
            if isinstance(value, str) and path:
                found.update(dict.fromkeys(_hosts(str(path[-1]), value)))
    return tuple(host for host in found if host not in inside and host != "localhost")


def _hosts(name: str, text: str) -> Iterator[str]:
    for match in _IN_URL.finditer(text):
        host = match[1].lower()
        if "." in host and not re.fullmatch(r"[\d.]+|\[.*", host) and "$" not in host:
            yield host
    for match in _HOST.finditer(text):
        ending = match[1].rpartition(".")[2].lower()
        if ending in _USUAL_ENDINGS or (_NAMED_SO.search(name) and ending not in _NO_ENDINGS):
            yield match[1].lower()
