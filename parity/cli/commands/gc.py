"""`parity gc`."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parity.cli import output
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_project, reporter
from parity.errors import UsageError

if TYPE_CHECKING:
    from parity.actions.gc import GcResult, Left
    from parity.actions.gc_orphans import Orphan
    from parity.model.project import Project

_SHOWN = 4
"""Volumes that are named one by one."""
_WAITING = 1


def gc(
    context: typer.Context,
    stacks: Annotated[
        list[str] | None,
        typer.Argument(
            help="Only these stacks, also where parity cannot tell that the worktree is gone."
        ),
    ] = None,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes",
            "-y",
            help="Remove such stacks unasked. Where nobody can be asked they are only named: exit code 1.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be removed.")
    ] = False,
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Remove what killed commands have left, and stacks whose worktree is gone. Start states stay."""
    from parity.actions import gc as act

    project = _project(context)
    progress = reporter(context)
    as_json = wants_json(fmt, json)
    result = act.GcResult((), 0, busy=False)
    if not stacks:
        result = act.gc(project, progress, dry_run=dry_run)
    left = act.left(project, progress, stacks or ())
    going = [one for one in left.orphans if one.gone or (stacks and not one.busy)]
    if not as_json:
        _tell(result, left, dry_run=dry_run, named=bool(stacks))
    agreed = bool(going) and not dry_run and (yes or (not as_json and _ask(len(going))))
    ended = act.end(project, going, progress) if agreed else ()
    if as_json:
        output.as_json(_tree(result, left, ended, dry_run=dry_run))
    elif ended:
        _told(ended, left.sizes)
    if going and not agreed and not dry_run and (as_json or not _terminal()):
        if not as_json:
            output.talk("nobody to ask: `parity gc --yes` removes them")
        raise typer.Exit(_WAITING)


def _project(context: typer.Context) -> "Project":
    """That of this folder; no other one's settings count, and none where the folder itself is gone."""
    from parity.model.project import Project, ProjectTable

    try:
        return open_project(context)[1]
    except UsageError:
        return Project(project=ProjectTable(name="none"))


def _tell(result: "GcResult", left: "Left", *, dry_run: bool, named: bool) -> None:
    for one in result.removed:
        output.data(f"{one.kind}: {one.name}, {one.why}")
    if result.removed and not dry_run:
        output.talk(f"removed; {output.size(result.freed)} freed")
    elif not (result.removed or left.orphans or named):
        output.talk("nothing to remove")
    if result.busy:
        output.talk("other commands work on the store: the rest goes with the next `parity gc`")
    for stack in left.orphans:
        _stack(stack, left.sizes, named=named)
    if dry_run and (result.removed or left.orphans):
        output.talk("nothing was removed: --dry-run")


def _stack(one: "Orphan", sizes: Mapping[str, int], *, named: bool) -> None:
    if one.busy:
        output.talk(f"{one.stack}: its worktree is gone, but {one.busy} works with it: it stays")
    elif not one.gone and not named:
        output.talk(
            f"{one.stack}: cannot tell whether its worktree is there: {one.there.why}. "
            f"`parity gc {one.stack}` removes it all the same"
        )
    else:
        why = "is gone" if one.gone else f"may be there: {one.there.why}"
        output.data(f"stack: {one.stack}, its worktree {one.worktree} {why}")
        output.data(f"  it has {_what(one)}")
        for volume in one.volumes[:_SHOWN]:
            output.data(f"    volume {volume}{_size(sizes.get(volume))}")
        if len(one.volumes) > _SHOWN:
            output.data(f"    and {output.counted(len(one.volumes) - _SHOWN, 'volume')} more")


def _what(one: "Orphan") -> str:
    counts = [
        (len(one.containers), "container"),
        (len(one.networks), "network"),
        (len(one.volumes), "volume"),
        (len(one.forks), "fork"),
        (len(one.images), "image"),
    ]
    return ", ".join(output.counted(count, noun) for count, noun in counts if count)


def _size(size: int | None) -> str:
    return "" if size is None else f", {output.size(size)}"


def _terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _ask(count: int) -> bool:
    if not _terminal():
        return False
    which = "this stack" if count == 1 else f"these {count} stacks"
    return typer.confirm(f"Remove {which} with all data?", default=False, err=True)


def _told(ended: Sequence["Orphan"], sizes: Mapping[str, int]) -> None:
    freed = sum(sizes.get(volume, 0) for one in ended for volume in one.volumes)
    amount = f"; about {output.size(freed)} freed" if freed else ""
    output.talk(f"{output.counted(len(ended), 'stack')} removed{amount}")


def _tree(
    result: "GcResult", left: "Left", ended: Sequence["Orphan"], *, dry_run: bool
) -> dict[str, Any]:
    gone = {one.stack for one in ended}
    return {
        "schema": 1,
        "dry_run": dry_run,
        **asdict(result),
        "stacks": [
            {
                "stack": one.stack,
                "project": one.project,
                "worktree": one.worktree,
                "worktree_is": one.there.standing,
                "why": one.there.why or one.busy,
                "removed": one.stack in gone,
                "containers": one.containers,
                "networks": one.networks,
                "volumes": {name: left.sizes.get(name) for name in one.volumes},
                "forks": one.forks,
                "images": one.images,
            }
            for one in left.orphans
        ],
    }
