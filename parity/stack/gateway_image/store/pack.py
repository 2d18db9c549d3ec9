"""Make a state's volumes into compressed layers, one at a time, each kept until it is sent."""

import json
import os
import shutil
from pathlib import Path
from typing import IO, Any

from .archive import write
from .beat import beating
from .layers import Layer, cut
from .place import inside
from .spool import compressed, keep, known, remember
from .tree import read_index, tree, walk, write_index


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """`do` is `plan` (all volumes of `state`), `layer` (make one of them) or `forget` (the plan)."""
    commands = {"plan": _plan, "layer": _pack, "forget": _forget}
    return commands[arguments["do"]](arguments)


def stream(arguments: dict[str, Any], stdin: IO[bytes], stdout: IO[bytes]) -> None:
    """The same, for somebody who waits long."""
    del stdin
    beating(lambda: run(arguments), stdout)


def _place(state: str) -> Path:
    return inside(f"ship/plans/{state}")


def _plan(arguments: dict[str, Any]) -> dict[str, Any]:
    """The layers of each volume: id, bytes, and digest and size of those that were made before."""
    state = arguments["state"]
    index = str(inside(f"states/{state}.index"))
    hashes = read_index(index)
    folder = _place(state)
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, Any] = {}
    for number in range(arguments["volumes"]):
        root = str(inside(f"states/{state}/{number}"))
        if number not in hashes:
            hashes[number] = dict(tree(root).known)
            write_index(index, hashes)
        contents = {path: content for path, (_, _, content) in hashes[number].items()}
        layers = _cut(root, contents)
        for layer in layers:
            _write(folder / f"{number}-{layer.id}", json.dumps(layer.to_json()))
        found[str(number)] = [
            {"id": layer.id, "bytes": layer.bytes, **known(layer.id)} for layer in layers
        ]
    return {"volumes": found}


def _cut(root: str, contents: dict[bytes, str]) -> list[Layer]:
    try:
        return cut(list(walk(root)), contents)
    except KeyError as error:
        raise ValueError(
            f"{os.fsdecode(error.args[0])} was not there when the state was sealed"
        ) from error


def _write(path: Path, text: str) -> None:
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(text, encoding="ascii")
    aside.rename(path)


def _pack(arguments: dict[str, Any]) -> dict[str, Any]:
    """Make the layer `id` of volume `number`; digest and size of the compressed bytes."""
    state, number = arguments["state"], arguments["number"]
    kept = (_place(state) / f"{number}-{arguments['id']}").read_text(encoding="ascii")
    layer = Layer.from_json(json.loads(kept))
    root = str(inside(f"states/{state}/{number}"))
    with compressed() as made:
        write(root, layer, made.input)
    blob = keep(made)
    remember(layer.id, blob)
    return {**blob}


def _forget(arguments: dict[str, Any]) -> dict[str, Any]:
    shutil.rmtree(_place(arguments["state"]), ignore_errors=True)
    return {}
