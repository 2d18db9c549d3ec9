"""Every place where parity makes one of its errors: what it says, read from the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from parity import errors

OPEN = "…"
"""What stands for a part that is only known when it happens."""
_CALLED: Mapping[str, str] = MappingProxyType({"STRERROR": "REASON", "ERROR": "REASON"})
CLASSES = frozenset(
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.ParityError)
)


@dataclass(frozen=True)
class Site:
    """One error as it is written. `place` is `file:line`; `next_step` is None where none is given."""

    name: str
    place: str
    message: str
    next_step: str | None
    source: str

    @property
    def file(self) -> str:
        """The module, below parity/."""
        return self.place.partition(":")[0]


def sites(package: Path) -> list[Site]:
    """All of a package, by file and line; the gateway's own program has no such errors."""
    files = sorted(package.rglob("*.py"))
    return [site for file in files for site in _sites(file, file.relative_to(package).as_posix())]


def _sites(file: Path, name: str) -> Iterator[Site]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    everywhere = _texts(tree.body)
    found = []
    for scope in ast.walk(tree):
        if isinstance(scope, ast.FunctionDef):
            known = {**everywhere, **_texts(ast.walk(scope))}
            found += [(call, known) for call in ast.walk(scope) if _is_error(call)]
    seen: dict[tuple[int, int], Site] = {}
    for call, known in found:
        assert isinstance(call, ast.Call)
        seen.setdefault((call.lineno, call.col_offset), _site(call, known, name))
    yield from (seen[key] for key in sorted(seen))


def _is_error(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CLASSES
    )


def _site(call: ast.Call, known: Mapping[str, ast.expr], name: str) -> Site:
    assert isinstance(call.func, ast.Name)
    given = {word.arg: word.value for word in call.keywords}
    following = given.get("next_step")
    return Site(
        call.func.id,
        f"{name}:{call.lineno}",
        said(call.args[0], known) if call.args else "",
        None if following is None else said(following, known),
        ast.unparse(call),
    )


def said(node: ast.expr, known: Mapping[str, ast.expr]) -> str:
    """A text as it reads: constants as they are, names for what is put in, both ways of a choice."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(said(part, known) for part in node.values)
    if isinstance(node, ast.BinOp):
        return said(node.left, known) + said(node.right, known)
    if isinstance(node, ast.IfExp):
        ways = dict.fromkeys((said(node.body, known), said(node.orelse, known)))
        return " / ".join(way for way in ways if way)
    if isinstance(node, ast.Name) and node.id in known:
        return said(known[node.id], {key: known[key] for key in known if key != node.id})
    return _put_in(node.value, known) if isinstance(node, ast.FormattedValue) else OPEN


def _put_in(node: ast.expr, known: Mapping[str, ast.expr]) -> str:
    """What stands in braces: a constant's text, else its last name in capitals, as help pages have it."""
    if isinstance(node, ast.Name) and isinstance(known.get(node.id), ast.Constant):
        return said(known[node.id], {})
    if isinstance(node, ast.IfExp):
        return said(node, known)
    name = getattr(node, "attr", getattr(node, "id", ""))
    word = name.strip("_").upper()
    return _CALLED.get(word, word) or OPEN


def _texts(nodes: Iterator[ast.AST] | list[ast.stmt]) -> dict[str, ast.expr]:
    """Names that are given a text once."""
    found: dict[str, list[ast.expr]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    kinds = (ast.Constant, ast.JoinedStr, ast.BinOp)
    return {n: v[0] for n, v in found.items() if len(v) == 1 and isinstance(v[0], kinds)}
