"""What a source is: one module, found by walking this package.

A source module has these names, and nothing else of it is called from outside:

`SOURCE: str`
    The word in parity.toml: `source = "kubernetes"`.
`SILENT: frozenset[str]`
    Settings the notation has no words for, as dotted patterns below a service.
`def recognises(path: Path) -> bool`
    Whether a file or folder is a definition in this notation. Cheap, and never raises.
`def start(request: Request) -> Reading`
    Begin to read. Raises DefinitionError at once for what needs no reading (a missing file).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from parity.model.environment import Environment


class Reading(Protocol):
    """A definition that is being read."""

    def result(self) -> Environment:
        """Wait for it. Raises DefinitionError with file, line and reason, or UnreachableError."""


@dataclass(frozen=True)
class Request:
    """What to read. `root` is the folder that relative names start from."""

    name: str
    root: Path
    files: Sequence[str] = ()
    env_files: Sequence[str] = ()
    profiles: Sequence[str] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    """Values that win in interpolation; declared secrets come as `${secret:NAME}`."""
    project: str = ""
    """A live source's group: Compose project, Kubernetes namespace, ECS family or service."""
    context: str = ""
    """A live source's address: docker context or host, kubectl context, AWS region."""
    fragments: bool = False
    """Read what is only a part of a definition, too: good enough to compare, not to run."""
    consumer: str = ""
    """Whose rules a dotenv file is read by."""
    inspect: Callable[[str, str], Sequence[Mapping[str, Any]]] | None = None
    """Asks an engine (context, project) for its containers' inspect records, with each image's config
    under `_Image`. Given by the caller, since sources know no engine."""


class Source(Protocol):
    """The contract, for the type checker."""

    SOURCE: str
    SILENT: frozenset[str]

    def recognises(self, path: Path) -> bool:
        """Whether this is its notation."""

    def start(self, request: Request) -> Reading:
        """Begin to read."""
