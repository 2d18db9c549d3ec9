"""Production's secrets become stand-ins of the same shape, stable per stack."""

from collections.abc import Callable, Mapping
from urllib.parse import unquote

from parity.model.document import ABSENT, Document, Path, leaves
from parity.model.override import SECRET
from parity.stack import certificates
from parity.stack.context import Context
from parity.stack.detect import is_secret, url_password
from parity.stack.draft import Draft
from parity.stack.secrets import Shape, names_in

_STAND_IN = "stand-in of the same shape; production's value stays in production"
_SHORTEST_SHARED = 6
"""A secret of fewer characters may stand somewhere else by chance; it is replaced at home only."""


def apply(draft: Draft, context: Context) -> None:
    """Replace secret files, declared and detected values, and every copy of a detected value."""
    _certificates(context)
    _files(draft, context)
    _declared(draft, context)
    shared = _detected(draft, context)
    _copies(draft, shared)


def _certificates(context: Context) -> None:
    for name, table in context.project.certificates.items():
        shape = f"certificate {name}: {', '.join(table.names)}"
        if not (
            context.vault.has(table.certificate, shape=shape)
            and context.vault.has(table.key, shape=shape)
        ):
            chain, key = certificates.issue(context.files, table.names)
            context.vault.put(table.certificate, chain, shape=shape)
            context.vault.put(table.key, key, shape=shape)


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


def _declared(draft: Draft, context: Context) -> None:
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
                draft.rewrite(path, context.vault.ensure(name), _STAND_IN, production=SECRET)


def _detected(draft: Draft, context: Context) -> dict[str, str]:
    """Rewrite what looks secret; returns production's value -> reference, for the copies."""
    shared: dict[str, str] = {}
    for path, value in _settings(draft.document):
        if names_in(value):
            continue
        name = str(path[-1])
        password = url_password(value)
        if is_secret(name, value):
            whole = value
        elif password:
            whole = password
        else:
            continue
        made = shared.get(whole) or context.vault.ensure(
            _secret_name(path), _shape(whole, password)
        )
        shared[whole] = made
        shared.setdefault(unquote(whole), made)
        draft.rewrite(path, value.replace(whole, made), _STAND_IN, production=SECRET)
    return shared


def _settings(document: Document) -> list[tuple[Path, str]]:
    found = []
    for service, body in document["services"].items():
        for field in ("environment", "labels", "annotations"):
            for path, value in leaves(body.get(field) or {}):
                if isinstance(value, str):
                    found.append((("services", service, field, *path), value))
    return found


def _secret_name(path: Path) -> str:
    return f"{path[1]}.{path[-1]}"


def _shape(value: str, password: str) -> Shape:
    # Inside a URL only letters and digits are sure to need no escaping.
    return Shape(len(value)) if password and value == password else Shape.of(value)


def _copies(draft: Draft, shared: Mapping[str, str]) -> None:
    replace = _replacer({k: v for k, v in shared.items() if len(k) >= _SHORTEST_SHARED})
    for path, value in list(leaves(draft.document)):
        if isinstance(value, str) and path[0] in ("services", "configs"):
            changed = replace(value)
            if changed != value:
                draft.rewrite(path, changed, _STAND_IN, production=SECRET)


def _replacer(shared: Mapping[str, str]) -> Callable[[str], str]:
    longest_first = sorted(shared, key=len, reverse=True)

    def replace(text: str) -> str:
        for value in longest_first:
            text = text.replace(value, shared[value])
        return text

    return replace
