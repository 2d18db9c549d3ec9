"""`parity states`."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parity.cli import output
from parity.cli.completion import states as known
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_session
from parity.errors import StateError

if TYPE_CHECKING:
    from parity.actions.states import Listed
    from parity.model.state import SavedVolume


def states(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Show this one in full.", autocompletion=known)] = "",
    tree: Annotated[
        bool, typer.Option("--tree", help="Below each state those that were saved after it.")
    ] = False,
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """List the project's start states: what they take, what they came from, who uses them."""
    from parity.actions.states import states as act

    session = open_session(context)
    if name and tree:
        raise StateError("`--tree` shows all states", next_step="leave the name out")
    found = act(session, name)
    built = {one.state.name for one in found}
    unbuilt = [one for one in session.project.states if one not in built and not name]
    if wants_json(fmt, json):
        tree_of = [_tree(one) for one in found]
        output.as_json({"schema": 1, "states": tree_of, "not_built": unbuilt})
    elif not found and not unbuilt:
        output.talk(
            f"{session.identity.project} has no start state: `parity save NAME` seals the running stack"
        )
    elif name:
        for one in found:
            _full(one)
    elif found:
        _table(list(_below(found, "", "") if tree else ((one.state.name, one) for one in found)))
    if unbuilt and not wants_json(fmt, json):
        output.talk(f"declared, and built when they are needed: {', '.join(unbuilt)}")


def _below(found: Sequence["Listed"], parent: str, indent: str) -> Iterator[tuple[str, "Listed"]]:
    """Names, indented below the state they came from; one whose parent is gone is a root."""
    ids = {one.state.id for one in found}
    for one in found:
        if (one.state.parent if one.state.parent in ids else "") == parent:
            yield f"{indent}{one.state.name}", one
            yield from _below(found, one.state.id, f"{indent}  ")


def _table(rows: Sequence[tuple[str, "Listed"]]) -> None:
    output.table(
        (
            [
                shown,
                one.state.digest.removeprefix("sha256:")[:12],
                output.age(one.state.created),
                output.size(one.state.bytes),
                "?" if one.disk is None else output.size(one.disk),
                one.state.backend,
                one.parent or "-",
                ", ".join(dict.fromkeys(one.state.engines.values())) or "files",
                ", ".join(map(str, one.users)) or "-",
            ]
            for shown, one in rows
        ),
        ["STATE", "DIGEST", "AGE", "SIZE", "ON DISK", "BACKEND", "FROM", "HOLDS", "USED BY"],
    )


def _full(one: "Listed") -> None:
    state = one.state
    shared = "" if one.own in (None, one.disk) else f", {output.size(one.own or 0)} of it its own"
    lines = [
        ("id", state.id),
        ("digest", state.digest),
        ("made", f"{state.created} ({output.age(state.created)} ago)"),
        ("from", one.parent or "nothing"),
        ("declared", f"in parity.toml, key {state.key[:19]}" if one.declared else "no"),
        ("kept", f"{state.backend} in {state.store}"),
        ("size", f"{output.counted(state.files, 'file')}, {output.size(state.bytes)}"),
        ("on disk", "?" if one.disk is None else output.size(one.disk) + shared),
        ("used by", ", ".join(map(str, one.users)) or "nobody"),
        ("definition", state.definition),
    ]
    lines += [(f"volume {volume.key}", _volume(volume)) for volume in state.volumes]
    lines += [(f"engine {service}", engine) for service, engine in state.engines.items()]
    lines += [(f"image {service}", image) for service, image in state.images.items()]
    if state.empty:
        lines.append(("keeps nothing", ", ".join(state.empty)))
    if state.unsettled:
        lines.append(("as it was", ", ".join(state.unsettled)))
    output.data(state.name)
    for word, text in lines:
        output.data(f"  {word:<12} {output.visible(text)}")


def _volume(volume: "SavedVolume") -> str:
    files = f"{output.counted(volume.files, 'file')}, {output.size(volume.bytes)}"
    return f"{files}, of {', '.join(volume.services)}, {volume.digest}"


def _tree(one: "Listed") -> dict[str, Any]:
    from dataclasses import asdict

    return {
        **asdict(one.state),
        "files": one.state.files,
        "bytes": one.state.bytes,
        "disk": one.disk,
        "own": one.own,
        "from": one.parent,
        "declared": one.declared,
        "users": [
            {"stack": user.stack, "fork": user.fork, "volumes": list(user.volumes)}
            for user in one.users
        ],
    }
