"""Differences that two environments have by nature: counted, folded, never a finding of their own.

Only what no particular rule speaks of comes here: a host name that differs is expected, a URL that
loses its TLS is not.
"""

import re

from parity.diff.kinds import form
from parity.diff.parts import url_parts
from parity.diff.view import Comparison
from parity.model.difference import Difference, Kind, Part
from parity.model.document import ABSENT, Path
from parity.model.setting import Layer
from parity.rules import _database
from parity.rules._answers import answers, leads_to
from parity.rules._live import by_nature, given_to_all
from parity.rules._notations import shared_by_nature
from parity.rules._values import endpoints

_HOST_NAME = re.compile(
    r"(?:^|_)(?:HOST|HOSTNAME|HOSTS|DOMAIN|DOMAINS|FQDN|SERVER|SERVERS|ADDR|ADDRESS|ENDPOINT|URL|URI|DSN"
    r"|ORIGIN|ORIGINS|BROKERS?|LISTENERS|SITE|REGION|BUCKET|NAMESPACE|CLUSTER)(?:$|_)",
    re.IGNORECASE,
)
_IDENTITY = re.compile(
    r"(?:^|_)(?:ENV|ENVIRONMENT|STAGE|TIER|PROFILE|RELEASE|VERSION|REVISION|COMMIT|SHA|BUILD|INSTANCE"
    r"|USER|USERNAME|DB|DBNAME|DATABASE|DB_NAME|EMAIL|FROM|PROJECT|PROJECT_ID|ACCOUNT|CLIENT_ID|APP_ID|LOG_?LEVEL"
    r"|(?:APP|APPLICATION|SERVICE|INSTANCE|NODE|WORKER|SERVER|MACHINE|STACK|SITE|CLUSTER|TENANT)_?NAME"
    r"|(?:INSTANCE|NODE|WORKER|MACHINE)_?ID)$",
    re.IGNORECASE,
)
_HOST = re.compile(
    r"^(?:localhost|[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9-]+)+|\d+\.\d+\.\d+\.\d+|[a-z][a-z0-9-]*)"
    r"(?::\d+)?$",
    re.IGNORECASE,
)
_ALL_ADDRESSES = frozenset({"0.0.0.0", "::", "[::]", "*"})  # noqa: S104 - what a server listens on
"""Where a server listens, which is no other host's name: it makes the difference who can reach it."""
_WHERE = frozenset({"host", "port", "user", "url"})
_NAMES = "names of containers are each environment's own"
_LABELS = "labels are read by tools around the service"
_BY_FIELD = {
    "ports": "published ports are each host's own",
    "container_name": _NAMES,
    "hostname": _NAMES,
    "domainname": _NAMES,
    "labels": _LABELS,
    "annotations": _LABELS,
}


_ORIGIN = frozenset({"created", "labels", "history", "layers"})
_TOLD = {
    "packages": "IF003 tells of all packages",
    **dict.fromkeys(("python", "node", "ruby", "java", "go"), "IF013 tells of all packages"),
    "runtimes": "IF003 and IF011 tell of all runtimes",
    "config": "IF018 tells of all configuration files",
}
"""Facts of images of which many differ together."""


def reason(difference: Difference, comparison: Comparison) -> str:
    """Why two environments differ in this by nature; empty where that is not so."""
    path = difference.path
    if path and path[0] in ("running", "host"):
        return by_nature(difference, comparison)
    if not path or difference.kind in (Kind.INVISIBLE, Kind.TYPE):
        return ""
    head = str(path[0])
    both = ABSENT not in (difference.left, difference.right)
    # An empty one is none: a server without a password is no other secret.
    if difference.kind is Kind.SECRET and both and difference.left and difference.right:
        return "each environment has its own secrets"
    if head == "environment" and (both or difference.layer is Layer.RUNNING):
        return _of_environment(str(path[1]), difference, comparison)
    if head == "image" and path[-1] == "repository" and both:
        one, two = (str(side).rpartition("/")[2] for side in (difference.left, difference.right))
        return "the same image from another registry" if one == two else ""
    return _of_facts(path) or _BY_FIELD.get(head) or _of_notation(difference, comparison)


def _of_environment(name: str, difference: Difference, comparison: Comparison) -> str:
    if difference.layer is Layer.RUNNING and given_to_all(name):
        return "platforms and shells give it to every process"
    if ABSENT in (difference.left, difference.right) or _moves(name, difference, comparison):
        return ""
    return _of_variable(name, difference)


def _of_facts(path: Path) -> str:
    """What is told of as a whole, or nothing is to be said of."""
    if path[0] == _database.ROOT:
        return _database.expected(path)
    if path[:1] == ("image-config",) and path[1:2] and path[1] in _ORIGIN:
        return "IM015, IM016 and IM017 tell of where images come from"
    if path[:1] == ("files",) and path[1:2] and path[1] in _TOLD:
        return f"{_TOLD[path[1]]} of a service"
    return ""


def _of_notation(difference: Difference, comparison: Comparison) -> str:
    """What a side's notation, or its services, leave no choice about."""
    head, *rest = difference.path
    sides = ((difference.left, comparison.left), (difference.right, comparison.right))
    if head == "network_mode" and any(shared_by_nature(v, side.source) for v, side in sides):
        return "containers of one pod or task share a network"
    if head == "depends_on" and any(v is ABSENT and rest[0] not in s.services for v, s in sides):
        return "what it waits for is no service of the other environment"
    return ""


def _of_variable(name: str, difference: Difference) -> str:
    left, right = str(difference.left), str(difference.right)
    if form(left) == form(right) == "url":
        if all(_is_where(part, left) for part in difference.parts):
            return "addresses and credentials are each environment's own"
        return ""
    listens = {left, right} & _ALL_ADDRESSES
    if _HOST_NAME.search(name) and _hosts(left) and _hosts(right) and not listens:
        return "host names are each environment's own"
    if _IDENTITY.search(name) and "url" not in (form(left), form(right)):
        return "names of environments and accounts are each environment's own"
    return ""


def _is_where(part: Part, url: str) -> bool:
    """Whether a part of a URL says where it leads or as whom. The path of a page is what is asked for
    there; that of a server's URL is a database, and beside an account it is part of that.
    """
    if part.name == "path":
        return "@" in url or not url.startswith(("http:", "https:", "ws:", "wss:"))
    if part.name == "password":
        return ABSENT not in (part.left, part.right)
    return part.name in _WHERE


def _moves(name: str, difference: Difference, comparison: Comparison) -> bool:
    """Whether it is one service of both sides on two ports, and its definition does not say why."""
    sides = (comparison.left, comparison.right)
    values = (difference.left, difference.right)
    told = [endpoints(name, value) for value in values]
    if len(told[0]) != len(told[1]):
        return False
    for one, two in zip(*told, strict=True):
        target = leads_to(sides[0], one.host)
        same = bool(target) and comparison.renamed.get(target) == leads_to(sides[1], two.host)
        if (
            same
            and one.port != two.port
            and not (answers(sides[0], one) and answers(sides[1], two))
        ):
            return True
    return False


def _hosts(text: str) -> bool:
    """A host, or a list of hosts."""
    items = [item.strip() for item in text.split(",")]
    return all(_HOST.match(item) or url_parts(item).get("host") for item in items if item)
