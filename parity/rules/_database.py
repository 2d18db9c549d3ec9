"""What a server said when it was asked: its kind, its release, its settings as the application's session has them."""

from collections.abc import Iterator
from typing import Any, Final

from parity.diff.view import Service, ServicePair
from parity.model.document import ABSENT, Path
from parity.model.hidden import relation
from parity.model.setting import Layer

READS: Final = (Layer.DECLARED, Layer.DATABASE)
ROOT: Final = "database"
EVERYWHERE: Final = "*"
"""A role or database that is any."""


def fact(service: Service, *path: str) -> Any:
    """One thing that the server said, or ABSENT."""
    return service.get(ROOT, *path)


def text(service: Service, *path: str) -> str:
    """One thing that the server said, as a text; empty where it said nothing."""
    found = fact(service, *path)
    return "" if found is ABSENT else str(found)


def engine(service: Service) -> str:
    """Which server it is: by its own word, or else by its image's name."""
    return text(service, "engine") or service.technology


def version(service: Service) -> tuple[int, ...]:
    """The numbers its version begins with."""
    numbers: list[int] = []
    for part in text(service, "version").split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))][:6]
        if not digits:
            break
        numbers.append(int(digits))
        if digits != part:
            break
    return tuple(numbers)


def below(service: Service, name: str) -> dict[Path, Any]:
    """All facts of one kind, by the rest of their paths."""
    return {path[2:]: value for path, value in service.under(ROOT, name).items() if path[2:]}


def at(pair: ServicePair, *path: str) -> tuple[str, Path]:
    """A place of the server's own answer."""
    return pair.name, (ROOT, *path)


def differs(pair: ServicePair, *path: str) -> bool:
    """Whether both sides said something of it, and not the same."""
    one, two = fact(pair.left, *path), fact(pair.right, *path)
    return ABSENT not in (one, two) and relation(one, two) == "differs"


def listed(value: Any) -> frozenset[str]:
    """A list of texts as a set; empty for what is none."""
    return frozenset(map(str, value)) if isinstance(value, tuple | list) else frozenset()


def lacking(one: frozenset[str], two: frozenset[str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Which side lacks what of the other's: `left` and `right`, where they lack something."""
    for name, missing in (("left", two - one), ("right", one - two)):
        if missing:
            yield name, missing


def some(names: Any, most: int = 6) -> str:
    """A few names of many: "`a`, `b` and 3 more"."""
    ordered = list(names)
    shown = ", ".join(f"`{name}`" for name in ordered[:most])
    return shown + (f" and {len(ordered) - most} more" if len(ordered) > most else "")


def by_role(service: Service) -> dict[tuple[str, str], tuple[str, Path]]:
    """What is set for roles and databases: (whose, name) -> value and path.

    Names of roles and databases are each environment's own. What the application's role gets, be it by
    its own name, by its database's or by everybody's, is the application's, under an empty name.
    """
    own = text(service, "role", "name")
    found: dict[tuple[str, str], tuple[str, Path]] = {}
    for path, value in sorted(below(service, "role-settings").items()):
        role, name = str(path[0]), ".".join(map(str, path[2:]))
        whose = "" if role in (own, EVERYWHERE) else role
        if name:
            found[whose, name] = (str(value), (ROOT, "role-settings", *path))
    return found


_RESULTS = "a setting that follows the machine, or that changes no results"
_OWN = "names of roles and connections are each environment's own"
_TABLES = "DB015 to DB017 tell of tables"
_REASONS = {
    ("connection",): _OWN,
    ("role", "name"): _OWN,
    ("settings",): _RESULTS,
    ("version",): "releases between which nothing was taken away",
    ("schema",): _TABLES,
    ("indexes",): _TABLES,
    ("constraints",): _TABLES,
    ("rows",): "numbers of rows are each environment's own",
    ("rights",): "DB020 tells of all tables",
    ("role-settings",): "DB013 tells of settings of roles",
    ("extensions",): "DB011 and DB012 tell of extensions",
    ("migrations",): "DB018 tells of migrations",
    ("collation",): "DB007 to DB009 tell of collations",
    ("tables",): "DB032 tells of tables",
    ("schema-rights",): "DB020 tells of rights",
    ("preload",): "PG008 tells of libraries",
    ("plugins",): "RQ002 tells of plugins",
    ("queues",): "DB028 tells of queues",
    ("exchanges",): "DB028 tells of exchanges",
    ("policies",): "DB029 tells of policies",
}


def expected(path: Path) -> str:
    """Why nothing is said of a fact that no rule speaks of; empty where there is no reason."""
    rest = tuple(map(str, path[1:]))
    return _REASONS.get(rest[:1]) or _REASONS.get(rest[:2]) or ""
