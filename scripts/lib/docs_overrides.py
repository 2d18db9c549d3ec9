"""docs/overrides.md: the built-in overrides in their order, each with the reasons it gives.

The reasons are read from the source: the third argument of each `rewrite`, with `…` where the text
depends on the definition.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType

from parity.stack.overrides import ORDER
from scripts.lib.docs_text import page

_INTRODUCTION = (
    "An override is a listed, reasoned rewrite of production's definition so that it runs on a",
    "laptop. These are all that parity makes by itself, in the order they apply. What none of them",
    "names reaches Docker as production wrote it.",
    "",
    "`parity config --overrides` lists those of your stack: path, production's value, local value,",
    "reason. Rewrites of your own go to [`[[local.override]]`](parity-toml.md#localoverride) in",
    "parity.toml; they come after parity's and win.",
)


def override_page() -> str:
    """docs/overrides.md."""
    lines = ["# Overrides", "", *_INTRODUCTION]
    for module in modules():
        name = module.__name__.rpartition(".")[2]
        title = "stand-ins" if name == "stand_ins" else name.replace("_", " ")
        lines += ["", f"## {title[:1].upper()}{title[1:]}", ""]
        lines += inspect.cleandoc(module.__doc__ or "").splitlines()
        given = list(dict.fromkeys(reasons(inspect.getsource(module))))
        if given:
            lines += ["", "Reasons it gives:", "", *(f"- {reason}" for reason in given)]
    return page(lines, source="parity/stack/overrides/")


def modules() -> list[ModuleType]:
    """The overrides' modules in the order they apply."""
    return [sys.modules[apply.__module__] for apply in ORDER]


_POSITIONS = {"rewrite": 2, "_rewrite": 2, "add_alias": 4, "_tell": 3, "_extend": 3}
"""Where the reason stands among the arguments of what rewrites, or of a helper that does."""


def reasons(source: str) -> Iterator[str]:
    """The reasons that a module's rewrites give, in the order of its text."""
    tree = ast.parse(source)
    names = dict(_texts(tree))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        position = _POSITIONS.get(_called(call))
        if position is not None and len(call.args) > position:
            yield from _read(call.args[position], names)
    for node in ast.walk(tree):
        # A rewrite that a helper prepares: it returns the local value and the reason.
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            yield from _read(node.value.elts[-1], names)


def _called(call: ast.Call) -> str:
    function = call.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _texts(tree: ast.AST) -> Iterator[tuple[str, list[ast.expr]]]:
    """Name -> the values it is given anywhere in the module."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
    yield from found.items()


def _read(node: ast.expr, names: Mapping[str, list[ast.expr]]) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "…"
            for part in node.values
        )
    elif isinstance(node, ast.Name):
        others = {name: values for name, values in names.items() if name != node.id}
        for value in names.get(node.id, []):
            yield from _read(value, others)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "format":
            yield from (text.replace("{}", "…") for text in _read(node.func.value, names))
    elif isinstance(node, ast.IfExp):
        yield from _read(node.body, names)
        yield from _read(node.orelse, names)
