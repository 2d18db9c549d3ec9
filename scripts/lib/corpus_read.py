"""What parity makes of one file of the corpus, judged by what its oracle says."""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parity import compose_cli
from parity.errors import ParityError
from parity.model.document import leaves, map_strings, show
from parity.model.environment import Environment
from parity.sources import dotenv_readers, registry
from parity.sources.contract import Request
from parity.sources.ledger import UNKNOWN_FIELD

KINDS = ("compose", "pairs", "swarm", "kubernetes", "ecs", "cloudrun", "terraform", "dotenv")
_MANIFESTS = (".yaml", ".yml", ".json")
_BOMB_SECONDS = 5
"""The three bombs never end; nothing else takes a second."""
_ORACLE_OF_ENV = {"compose": "compose", "docker": "docker_raw", "python-dotenv": "python_dotenv"}


@dataclass(frozen=True)
class Entry:
    """A row of INDEX.tsv. `accepted` is what Docker Compose said, None where it was not asked."""

    kind: str
    path: str
    accepted: bool | None = None


@dataclass(frozen=True)
class Row:
    """What became of a file: `same`, `loaded`, `refused`, or what it should not be."""

    kind: str
    path: str
    outcome: str
    reason: str = ""
    unaccounted: int = 0
    detail: str = field(default="", compare=False)

    @property
    def is_wrong(self) -> bool:
        """Whether this must not be."""
        return self.unaccounted > 0 or self.outcome not in ("same", "loaded", "refused")


def entries(corpus: Path, kinds: Sequence[str] = ()) -> Iterator[Entry]:
    """The definitions of the index; what only belongs to one (an env file of a stack) is left out."""
    with (corpus / "INDEX.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            kind, path, code = row["kind"] or "", row["path"] or "", row["rc"] or ""
            if kind not in (kinds or KINDS):
                continue
            entry = Entry(kind, path, {"": None, "0": True}.get(code, False))
            if _is_definition(corpus, entry):
                yield entry


@contextmanager
def bombs_end_early() -> Iterator[None]:
    """While many files are read: three of them never end by themselves."""
    usual = compose_cli.READ_SECONDS
    compose_cli.READ_SECONDS = _BOMB_SECONDS
    try:
        yield
    finally:
        compose_cli.READ_SECONDS = usual


def read(entry: Entry, corpus: Path) -> Row:
    """Read one file and judge it."""
    judge = _JUDGES.get(entry.kind, _translated)
    try:
        return judge(entry, corpus)
    except ParityError as error:
        return _refused(entry, error)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return Row(entry.kind, entry.path, "crash", detail=f"{type(error).__name__}: {error}"[:200])


def _is_definition(corpus: Path, entry: Entry) -> bool:
    file = corpus / entry.path
    if not file.is_file():
        return False
    if entry.kind in ("compose", "pairs", "swarm"):
        return entry.accepted is not None
    if entry.kind == "dotenv":
        return _env_oracle(corpus, entry).is_file()
    return file.suffix in _MANIFESTS


def _refused(entry: Entry, error: ParityError) -> Row:
    outcome = "refused" if error.exit_code == 2 and error.message else "unexplained"
    if entry.kind in ("compose", "pairs") and entry.accepted:
        outcome = "refused although Compose accepts it"
    return Row(entry.kind, entry.path, outcome, _class(error.message), detail=error.message)


def _class(message: str) -> str:
    """A reason without the names and numbers of one file."""
    text = re.sub(r"[\"'`][^\"'`]*[\"'`]|\S*/\S+|\d+", "…", message)
    text = re.sub(r"\b(?:services|networks|volumes|secrets|configs)\.\S+", "…", text)
    text = re.sub(
        r"(?:service|network|volume|include|secret|variable) \S+",
        lambda m: m[0].split()[0] + " …",
        text,
    )
    return re.sub(r"…[\s….:,]*…", "…", " ".join(text.split()))[:110]


def _request(entry: Entry, corpus: Path, **options: Any) -> Request:
    file = corpus / entry.path
    return Request("corpus", file.parent, files=[file.name], **options)


def _compose(entry: Entry, corpus: Path) -> Row:
    found = registry.source("compose").start(_request(entry, corpus, profiles=["*"])).result()
    if not entry.accepted:
        return Row(entry.kind, entry.path, "accepted although Compose refuses it")
    oracle = corpus / "oracle" / f"{entry.path}.config.json"
    if not oracle.is_file():
        return Row(entry.kind, entry.path, "loaded")
    text = oracle.read_text(encoding="utf-8")
    places = {"${CORPUS}": str(corpus.resolve()), "${HOME}": os.environ.get("HOME", "")}
    for name, place in places.items():
        text = text.replace(name, place)
    wanted = map_strings(json.loads(text), lambda value: value.replace("$$", "$"))
    wanted.setdefault("services", {})
    if found.document == wanted:
        return Row(entry.kind, entry.path, "same")
    return Row(entry.kind, entry.path, "differs", detail=_first_difference(found.document, wanted))


def _first_difference(found: Any, wanted: Any) -> str:
    mine, theirs = dict(leaves(found)), dict(leaves(wanted))
    paths = [path for path in {**mine, **theirs} if mine.get(path, ...) != theirs.get(path, ...)]
    return f"{len(paths)} values, first {show(paths[0])}" if paths else "in the order of its parts"


def _swarm(entry: Entry, corpus: Path) -> Row:
    request = _request(entry, corpus)
    found = registry.source("swarm").start(request).result()
    as_compose = _as_compose(request, found)
    return Row(entry.kind, entry.path, "loaded", unaccounted=len(_dropped(found, as_compose)))


def _as_compose(request: Request, found: Environment) -> Environment:
    try:
        return registry.source("compose").start(request).result()
    except ParityError:
        return found  # it takes a swarm's leniency to read it


def _dropped(found: Environment, whole: Environment) -> list[str]:
    lost = {loss.path for loss in found.losses}
    return [
        f"services.{name}.{key}"
        for name, service in whole.services.items()
        for key, value in service.items()
        if found.services[name].get(key, ...) != value
        and show(("services", name, key)) not in lost
        and key != "deploy"  # what was told of restarts stands in it
        and value not in (None, [], {}, "", False)
    ]


def _translated(entry: Entry, corpus: Path) -> Row:
    source = "ecs" if entry.kind == "terraform" else entry.kind
    found = registry.source(source).start(_request(entry, corpus)).result()
    unknown = [loss.path for loss in found.losses if loss.reason == UNKNOWN_FIELD]
    detail = ", ".join(unknown[:3])
    return Row(entry.kind, entry.path, "loaded", unaccounted=len(unknown), detail=detail)


def _env_oracle(corpus: Path, entry: Entry) -> Path:
    return corpus / "oracle" / f"{entry.path}.parsers.json"


def _dotenv(entry: Entry, corpus: Path) -> Row:
    wanted = json.loads(_env_oracle(corpus, entry).read_text(encoding="utf-8"))
    differs = []
    for consumer, key in _ORACLE_OF_ENV.items():
        expected = {k: v for k, v in wanted[key].items() if v is not None}
        if _variables(consumer, corpus / entry.path) != (
            None if "__error__" in expected else expected
        ):
            differs.append(consumer)
    if differs:
        return Row(entry.kind, entry.path, "differs", detail=", ".join(differs))
    # Where Compose itself refuses it, so does the source: raises its reason.
    registry.source("dotenv").start(_request(entry, corpus)).result()
    return Row(entry.kind, entry.path, "same")


def _variables(consumer: str, file: Path) -> dict[str, str] | None:
    """What a consumer reads; None where it refuses."""
    readers = {
        "compose": dotenv_readers.by_compose,
        "docker": dotenv_readers.by_docker,
        "python-dotenv": dotenv_readers.by_python,
    }
    try:
        return readers[consumer]([file], {})
    except ParityError:
        return None


_JUDGES: dict[str, Callable[[Entry, Path], Row]] = {
    "compose": _compose,
    "pairs": _compose,
    "swarm": _swarm,
    "dotenv": _dotenv,
}
