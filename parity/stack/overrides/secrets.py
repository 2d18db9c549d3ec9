"""Production's secrets become stand-ins of the same shape, stable per stack."""

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

from parity.errors import ConfigError
from parity.model.document import ABSENT, Document, Path, leaves
from parity.model.override import SECRET
from parity.model.reference import REFERENCE, names_in
from parity.secrecy.detect import is_secret, passwords_in
from parity.stack import certificates
from parity.stack.context import Context
from parity.stack.draft import Draft
from parity.stack.overrides.user import is_elsewhere, nearest
from parity.stack.secrets import Shape

_STAND_IN = "stand-in of the same shape; production's value stays in production"
_NO_SETTINGS = ("name", "secrets")
_PLACES_OF_COPIES: tuple[Path, ...] = (
    ("environment",),
    ("labels",),
    ("annotations",),
    ("command",),
    ("entrypoint",),
    ("healthcheck", "test"),
    ("build", "args"),
    ("deploy", "labels"),
)
"""A copy elsewhere is structure: an image, a volume or a host of the same name."""
_SHORTEST_SHARED = 6
"""A secret of fewer characters may stand somewhere else by chance; it is replaced at home only."""
_WORD = re.compile(r"[a-z]{1,11}", re.ASCII)
"""So may a plain word: the password `postgres` must not rename the image `postgres`."""
_ASSIGNMENT = re.compile(r"-{0,2}([A-Za-z_][\w.-]*)=(.+)", re.DOTALL)
"""A setting in a list: `NAME=value` of an environment, `--name=value` of a command."""


def apply(draft: Draft, context: Context) -> None:
    """Replace secret files, declared and detected values, and every copy of a detected value."""
    _certificates(draft, context)
    _files(draft, context)
    shared = _declared(draft, context)
    _detected(draft, context, shared)
    _copies(draft, shared)


def _certificates(draft: Draft, context: Context) -> None:
    for name, table in context.project.certificates.items():
        for field, secret in (("certificate", table.certificate), ("key", table.key)):
            _known(draft, context, f"certificates.{name}.{field}", secret)
        shape = f"certificate {name}: {', '.join(table.names)}"
        if not (
            context.vault.has(table.certificate, shape=shape)
            and context.vault.has(table.key, shape=shape)
        ):
            chain, key = certificates.issue(context.files, table.names)
            context.vault.put(table.certificate, chain, shape=shape)
            context.vault.put(table.key, key, shape=shape)


def _known(draft: Draft, context: Context, asked_by: str, name: str) -> None:
    known = draft.document.get("secrets") or {}
    if name not in known and not context.vault.is_part(name) and not is_elsewhere(draft, name):
        raise ConfigError(
            f"`{asked_by}` names `{name}`, which is no Compose secret of a service",
            where=f"parity.toml: {asked_by}",
            next_step=nearest(name, known),
        )


def _files(draft: Draft, context: Context) -> None:
    issued = {
        name
        for table in context.project.certificates.values()
        for name in (table.certificate, table.key)
    }
    for name, secret in dict(draft.document.get("secrets") or {}).items():
        if name not in issued:
            context.vault.ensure(name)
        reason = "certificate of the local authority" if name in issued else _STAND_IN
        for field in ("external", "environment"):
            if field in secret:
                draft.rewrite(("secrets", name, field), ABSENT, reason)
        draft.rewrite(("secrets", name, "file"), str(context.files.secret_files / name), reason)


def _declared(draft: Draft, context: Context) -> dict[str, str]:
    """Rewrite what parity.toml declares; returns production's value -> reference, for the copies."""
    shared: dict[str, str] = {}
    # The definition was read with references in place of declared variables, so that production's
    # own document already holds `${secret:NAME}` there.
    for path, value in list(leaves(draft.document)):
        if isinstance(value, str) and names_in(value):
            context.vault.expand(value)
            draft.rewrite(path, context.vault.expand(value), _STAND_IN, production=SECRET)
            draft.note(path, _STAND_IN, production=SECRET)
    for name in context.vault.declared:
        for service, _ in draft.services():
            path = ("services", service, "environment", name)
            value = draft.get(path)
            if isinstance(value, str) and not names_in(value):
                made = context.vault.ensure(name)
                shared.setdefault(value, made)
                draft.rewrite(path, made, _STAND_IN, production=SECRET)
    return shared


def _detected(draft: Draft, context: Context, shared: dict[str, str]) -> None:
    """Rewrite what looks secret, and add it to `shared`."""
    for path, name, value in _settings(draft.document):
        whole = is_secret(name, value) and not names_in(value)
        spans = ((0, len(value)),) if whole else passwords_in(value)
        if not spans:
            continue
        # Only at the place where it is the password: `postgres` is also a scheme and a user.
        parts, position = [], 0
        for number, (start, end) in enumerate(spans, start=1):
            secret = value[start:end]
            made = shared.get(secret) or context.vault.ensure(
                _secret_name(path, name, number), _shape(secret, value)
            )
            shared[secret] = made
            shared.setdefault(unquote(secret), made)
            parts += [value[position:start], made]
            position = end
        text = str(draft.get(path))
        head = text[: len(text) - len(value)]  # of `NAME=value`
        changed = "".join([head, *parts, value[position:]])
        draft.rewrite(path, changed, _STAND_IN, production=SECRET)


def _settings(document: Document) -> list[tuple[Path, str, str]]:
    """Every named text with its path and name.

    Settings come first, since a secret is named after the place it is found at.
    """
    found = []
    for path, value in leaves({k: v for k, v in document.items() if k not in _NO_SETTINGS}):
        if not isinstance(value, str):
            continue
        assignment = _ASSIGNMENT.match(value)
        if isinstance(path[-1], str):
            found.append((path, path[-1], value))
        elif assignment:
            found.append((path, assignment[1], assignment[2]))
        else:
            found.append((path, "", value))
    return sorted(found, key=lambda row: row[0][2:3] not in (("environment",), ("labels",)))


def _secret_name(path: Path, name: str, number: int) -> str:
    owner, *rest = path[1:] if path[0] == "services" else path
    tame = re.sub(r"[^\w.-]", "_", f"{owner}.{name or '.'.join(map(str, rest))}")
    return tame if number == 1 else f"{tame}-{number}"


def _shape(secret: str, value: str) -> Shape:
    # Inside a URL or another text only letters and digits are sure to need no escaping.
    return Shape.of(secret) if secret == value else Shape(len(secret))


def _copies(draft: Draft, shared: Mapping[str, str]) -> None:
    replace = _replacer({k: v for k, v in shared.items() if not _may_be_chance(k)})
    for path, value in list(leaves(draft.document)):
        if isinstance(value, str) and _may_hold_copies(path):
            changed = replace(value)
            if changed != value:
                draft.rewrite(path, changed, _STAND_IN, production=SECRET)


def _may_hold_copies(path: Path) -> bool:
    if path[0] == "services":
        return any(path[2 : 2 + len(place)] == place for place in _PLACES_OF_COPIES)
    return path[0] == "configs" and path[2:] == ("content",)


def _may_be_chance(value: str) -> bool:
    return len(value) < _SHORTEST_SHARED or bool(_WORD.fullmatch(value))


def _replacer(shared: Mapping[str, str]) -> Callable[[str], str]:
    if not shared:
        return str
    longest_first = sorted(shared, key=len, reverse=True)
    # A reference comes first: the name in it may hold such a text.
    any_of_them = re.compile("|".join([REFERENCE.pattern, *map(re.escape, longest_first)]))
    return lambda text: any_of_them.sub(lambda match: shared.get(match[0], match[0]), text)
