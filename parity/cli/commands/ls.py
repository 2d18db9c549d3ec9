"""`parity ls`."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parity.cli import output
from parity.cli.options import Format, FormatOption, JsonOption, wants_json

if TYPE_CHECKING:
    from parity.actions.ls import Counts, Stack


def ls(
    memory: Annotated[bool, typer.Option(help="Ask what memory the containers take.")] = True,
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """List all stacks of this engine: whose worktree, which branch, how they are, where they answer."""
    from parity.actions.ls import ls as act

    found = act(memory=memory)
    if wants_json(fmt, json):
        output.as_json({"schema": 1, "stacks": [_tree(one) for one in found]})
        return
    if not found:
        output.talk("no stack is on this engine: `parity up` starts one")
        return
    output.table(
        (_row(one) for one in found),
        ["STACK", "BRANCH", "SERVICES", "FORKS", "MEMORY", "AGE", "ADDRESS", "WORKTREE"],
    )
    _talk(found)


def _row(one: "Stack") -> list[str]:
    return [
        one.name,
        one.branch or ("-" if one.there.standing == "here" else one.there.standing.value),
        _services(one.services),
        str(len(one.forks)) if one.forks else "-",
        "-" if one.memory is None else output.size(one.memory),
        output.age(one.created),
        _address(one),
        _short(one.worktree),
    ]


def _services(counts: "Counts") -> str:
    if not counts.total:
        return "down, data kept"
    text = f"{counts.running}/{counts.total - counts.done} up"
    text += f", {counts.unhealthy} unhealthy" if counts.unhealthy else ""
    return text + (f", {counts.done} done" if counts.done else "")


def _address(one: "Stack") -> str:
    """The first web address, else the first; how many more there are."""
    found = sorted(one.addresses, key=lambda a: (not a.url.startswith("http:"), not a.url))
    if not found:
        return "-"
    return found[0].shown + (f" +{len(found) - 1}" if len(found) > 1 else "")


def _short(path: str) -> str:
    """With `~` for the user's own folder."""
    home = str(Path("~").expanduser())
    return f"~{path.removeprefix(home)}" if path.startswith(f"{home}/") else path


def _talk(found: "tuple[Stack, ...]") -> None:
    gone = [one for one in found if one.there.standing == "gone"]
    if gone:
        stacks = output.counted(len(gone), "stack")
        output.talk(f"the worktree of {stacks} is gone: `parity gc` removes what they left")
    for one in found:
        if one.there.standing == "cannot tell":
            output.talk(f"{one.name}: cannot tell whether its worktree is there: {one.there.why}")


def _tree(one: "Stack") -> dict[str, Any]:
    tree = asdict(one)
    there = tree.pop("there")
    return {
        **tree,
        "worktree_is": there["standing"],
        "why": there["why"],
        "addresses": [{**asdict(a), "url": a.url or None} for a in one.addresses],
    }
