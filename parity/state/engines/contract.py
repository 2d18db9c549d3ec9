"""What a data engine is: one module of this package with `ENGINE`, a record of this kind.

It decides what to ask and how to read the answer; running it is somebody else's. `attrs` is always
what the Docker Engine answers to `inspect` for a container of the program.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from parity.engine.recreate import Attrs
from parity.state.engines import reading

NOT_CHECKED = 75
"""Exit code of a check that could not look, which is no damage; its output says why."""


@dataclass(frozen=True)
class Command:
    """A command to run inside a container. `environment` may hold passwords: never shown."""

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Check:
    """A question whose answer proves integrity.

    Exit code 0: sound. NOT_CHECKED: it could not look. Any other: each line of output is a problem.
    """

    says: str
    command: Command


def _no_command(attrs: Attrs) -> Command | None:
    del attrs
    return None


def _no_text(attrs: Attrs) -> str:
    del attrs
    return ""


def _no_words(attrs: Attrs) -> tuple[str, ...]:
    del attrs
    return ()


def _no_checks(attrs: Attrs) -> tuple[Check, ...]:
    del attrs
    return ()


def _clean(content: bytes) -> str:
    del content
    return ""


@dataclass(frozen=True)
class DataEngine:
    """One technology that keeps data.

    `programs` are the server's own commands, `images` the last part of image names, `markers`
    variables that its images set. `variable` is the usual name for a URL of it.
    """

    name: str
    title: str
    port: int
    variable: str
    programs: tuple[str, ...]
    images: tuple[str, ...]
    markers: tuple[str, ...]
    url: Callable[[str, int, Mapping[str, str]], str | None]
    """(host, port, the container's environment) -> URL; a password that is in a file is left out."""
    ready: Callable[[Attrs], Command]
    """Succeeds when recovery is over and the data can be read."""
    stop_signal: str
    """Makes it write everything down and end by itself."""
    quirks: str
    """What a user must know of its start states; printed in the documents."""
    says: str = ""
    """Pattern of the line that it writes to its log when it takes connections."""
    exits: tuple[int, ...] = (0,)
    """Exit codes of a clean stop."""
    folder: Callable[[Attrs], str] = _no_text
    """Where it keeps its data inside the container; empty where that cannot be known."""
    before_pause: Callable[[Attrs], Command | None] = _no_command
    """To run in the live service when its clients are paused and itself is not: what is in memory
    alone, and would be lost by a copy of its files, is written down."""
    before_stop: Callable[[Attrs], Command | None] = _no_command
    """To run in the copy when it is ready."""
    arguments: Callable[[Attrs], tuple[str, ...]] = _no_words
    """More arguments for a server that runs on a copy: nothing acts on its own, and it boots fast."""
    strict: tuple[str, ...] = ()
    """More arguments for one that is examined: damage is told, not passed over."""
    checks: Callable[[Attrs], tuple[Check, ...]] = _no_checks
    sealed: Callable[[Attrs], str] = _no_text
    """A file that says whether the last stop was clean; empty where there is none."""
    unclean: Callable[[bytes], str] = _clean
    """What that file says against it; empty for a clean stop."""
    nothing_kept: Callable[[Attrs], bool] = lambda _: False
    """Whether it is told to write nothing down at all."""
    mark: Callable[[Attrs], Command | None] = _no_command
    """To run in the live service: prints a text that is another one after any write. For engines
    that take long to boot; one that boots in the time of a question or two has none."""
    keep: tuple[str, ...] = ()
    """Properties of a container that must be the same in a copy."""

    def recognise(self, attrs: Attrs) -> bool:
        """Whether the container runs this server. A client of it, or a dump job, is none."""
        return reading.runs(attrs, self.programs, self.images, self.markers)

    def takes_arguments(self, attrs: Attrs) -> bool:
        """Whether words at the end of the container's command reach the server."""
        word = reading.program(attrs)
        ours = word.startswith("-") or PurePosixPath(word).name in self.programs
        return ours and not reading.through_shell(attrs)

    def memory_only(self, attrs: Attrs, targets: Collection[str]) -> bool:
        """Whether nothing of its data is on the volumes mounted at `targets`."""
        if not targets or self.nothing_kept(attrs):
            return True
        folder = self.folder(attrs)
        return bool(folder) and not any(reading.inside(folder, target) for target in targets)
