"""What the shell offers on Tab: environments of parity.toml and rules. Nothing heavy is imported before."""

from pathlib import Path

import typer


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
