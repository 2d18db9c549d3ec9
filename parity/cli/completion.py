"""What the shell offers on Tab: environments, rules, services, states, forks. Nothing heavy is imported before."""

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from parity.actions.session import Session

_PATIENCE = 2.0
"""Seconds that the engine may take to answer."""
_KEY = re.compile(r"""^( +)["']?([A-Za-z0-9._-]+)["']?\s*:""")


def environments(context: typer.Context, incomplete: str) -> list[str]:
    """The environments of the project here, and `local`; nothing where parity.toml cannot be read."""
    known = [*_environments(context), "local"]
    return [name for name in known if name.startswith(incomplete)]


def own_environments(context: typer.Context, incomplete: str) -> list[str]:
    """The environments that parity.toml names."""
    return [name for name in _environments(context) if name.startswith(incomplete)]


def rules(incomplete: str) -> list[tuple[str, str]]:
    """Ids with their names, or names with what they say once a small letter is there."""
    from parity.rules.registry import catalogue

    every = catalogue().rules
    named = [(rule.name, rule.page.split("\n")[0]) for rule in every]
    ids = [(rule.id, rule.name) for rule in every]
    if incomplete[:1].islower():
        by_name = [row for row in named if row[0].startswith(incomplete)]
        return by_name or [row for row in ids if row[0].lower().startswith(incomplete)]
    return [row for row in ids if row[0].startswith(incomplete)]


def services(context: typer.Context, incomplete: str) -> list[str]:
    """Services of the stack, as it was made last; of production's Compose files before that."""
    session = _session(context)
    if session is None:
        return []
    files = [session.files.document]
    if not session.files.document.is_file():
        files = [session.paths.root / file for file in session.environment.files]
    found = dict.fromkeys(name for file in files for name in _services_in(file))
    return _beginning(incomplete, found)


def states(context: typer.Context, incomplete: str) -> list[str]:
    """Start states of the project: those that were saved, and those that parity.toml declares."""
    from parity.state import marks

    session = _session(context)
    if session is None:
        return []
    project = session.identity.project
    saved = _asked(lambda: [state.name for state in marks.of_project(project)])
    return _beginning(incomplete, dict.fromkeys([*saved, *session.project.states]))


def forks(context: typer.Context, incomplete: str) -> list[str]:
    """Forks of the stack."""
    from parity.engine import observe
    from parity.stack import labels

    session = _session(context)
    if session is None:
        return []
    label = f"{labels.ORIGIN}={session.identity.name}"
    found = _asked(lambda: [c.labels.get(labels.FORK, "") for c in observe.containers(label)])
    return _beginning(incomplete, sorted({name for name in found if name}))


def _session(context: typer.Context) -> "Session | None":
    from parity.actions.session import open_session
    from parity.config import load
    from parity.errors import ParityError

    given = context.find_root().params
    try:
        paths = load.locate(Path(given.get("directory") or "."))
        return open_session(
            paths,
            load.load(paths),
            name=str(given.get("name") or os.environ.get("PARITY_STACK", "")),
            environment=str(given.get("environment") or os.environ.get("PARITY_ENVIRONMENT", "")),
        )
    except (ParityError, OSError):
        return None  # a completion has nowhere to say what is wrong


def _asked(look: Callable[[], list[str]]) -> list[str]:
    """What an engine on this machine answers at once; of one further away nothing is asked on a Tab."""
    from parity.engine import observe
    from parity.engine.address import find
    from parity.errors import ParityError

    try:
        if not find().is_local:
            return []
        with observe.patience(_PATIENCE):
            return look()
    except ParityError:
        return []


def _services_in(file: Path) -> list[str]:
    """Keys below `services:`. A YAML reader would take longer than the whole rest."""
    from parity.model.stack import GATEWAY

    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return []
    found, inside, depth = [], False, ""
    for line in lines:
        if line[:1].strip() and not line.startswith("#"):
            inside, depth = line.rstrip().startswith("services:"), ""
        key = _KEY.match(line) if inside else None
        if key is not None:
            depth = depth or key[1]
            found += [key[2]] if key[1] == depth else []
    return [name for name in found if name != GATEWAY and not name.startswith("x-")]


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]


def _environments(context: typer.Context) -> list[str]:
    import tomllib

    from parity.paths import CONFIG_NAME, find_root

    folder = Path(context.find_root().params.get("directory") or ".")
    try:
        root = find_root(folder.resolve())
        if root is None:
            return []
        tables = tomllib.loads((root / CONFIG_NAME).read_text(encoding="utf-8"))["environments"]
        return [str(name) for name in tables]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return []  # a completion has nowhere to say what is wrong
