"""The compose source: Compose files, read by Docker Compose itself."""

import itertools
import json
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parity import compose_cli
from parity.errors import DefinitionError
from parity.model.document import map_strings
from parity.model.environment import Environment, Loss
from parity.paths import is_file, resolved
from parity.process import Completed, Running
from parity.secrecy.variables import secret_values
from parity.sources.compose_origins import ComposeOrigins
from parity.sources.contract import Request

SOURCE = "compose"
# Modes and owners of file secrets and configs are those of the host's files: Compose sets none.
SILENT: frozenset[str] = frozenset(
    f"{kind}.*.{what}" for kind in ("configs", "secrets") for what in ("mode", "uid", "gid")
) | {"x-parity"}
MAX_BYTES = 16 * 1024**2
"""No real Compose file comes near; the largest of the surveyed ones had 0.2 MB."""

DEFAULT_FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


@dataclass(frozen=True)
class ComposeReading:
    """A definition that is being read; `result` waits for it."""

    name: str
    files: tuple[Path, ...]
    running: Running
    root: Path = Path()
    again: Callable[[], Running] | None = None
    """Reads once more, without asking whether the definition is whole; for comparisons."""
    env_files: tuple[Path, ...] = ()
    declared: frozenset[str] = frozenset()
    """Variables that are references in the document."""

    def result(self) -> Environment:
        """The environment, or DefinitionError with Compose's reason."""
        done = self.running.result(timeout=compose_cli.READ_SECONDS)
        losses: tuple[Loss, ...] = ()
        if not done.ok and self.again is not None and _FRAGMENT in done.stderr:
            refusal = _refusal(done, self.files)
            done = self.again().result(timeout=compose_cli.READ_SECONDS)
            losses = (Loss("services", "a part of a definition", refusal.message),)
        if not done.ok:
            raise _refusal(done, self.files)
        document = map_strings(_parsed(done, self.files), _unescape)
        document.setdefault("services", {})
        # Compose names them in another order each time.
        unset = tuple(sorted(set(_UNSET.findall(done.stderr))))
        return Environment(
            self.name,
            SOURCE,
            tuple(map(str, self.files)),
            document,
            losses=losses,
            unset=unset,
            silent=SILENT,
            values=self._values(),
            origins=ComposeOrigins(self.root, self.files, document),
        )

    def _values(self) -> dict[str, str]:
        """Secrets of the shell and of env files that have become plain text in the document."""
        env_files = self.env_files or (self.files[0].parent / ".env",)
        found = secret_values(self.files, env_files, os.environ)
        return {name: value for name, value in found.items() if name not in self.declared}


def recognises(path: Path) -> bool:
    """Whether it is a Compose file: by its name, or by its top-level `services:`."""
    if re.fullmatch(r"(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml", path.name):
        return path.is_file()
    if path.suffix not in (".yaml", ".yml") or not path.is_file():
        return False
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return any(line.startswith("services:") for line in itertools.islice(file, 2000))
    except OSError:
        return False


def start(request: Request, *options: str) -> ComposeReading:
    """Begin to read Compose files; the request's variables win over the shell's.

    `options` are more ones of `docker compose config`, for notations that build upon Compose's.
    """
    root = request.root
    found = tuple(_existing(root / file) for file in request.files) or discovered(root)
    arguments: list[str] = []
    for file in found:
        arguments += ["--file", str(file)]
    for env_file in request.env_files:
        arguments += ["--env-file", str(_existing(root / env_file))]
    for profile in request.profiles:
        arguments += ["--profile", profile]
    arguments += ["config", "--format", "json", *options]

    def read(*more: str) -> Running:
        return compose_cli.read([*arguments, *more], env=request.variables, cwd=root)

    again = (lambda: read("--no-consistency")) if request.fragments else None
    env_files = tuple(resolved(root / file) for file in request.env_files)
    declared = frozenset(request.variables)
    return ComposeReading(request.name, found, read(), root, again, env_files, declared)


def _parsed(done: Completed, files: tuple[Path, ...]) -> Any:
    try:
        tree = json.loads(done.stdout)
    except (ValueError, RecursionError):
        tree = None
    if isinstance(tree, dict):
        return tree
    raise DefinitionError(
        "Docker Compose printed no document for this definition",
        where=str(files[0]),
        next_step="`docker compose config --format json` on these files shows what it printed",
    )


def _existing(file: Path) -> Path:
    if "\0" in str(file):
        raise DefinitionError(
            "a file name with a zero byte in it", next_step="mend the path in parity.toml"
        )
    file = resolved(file)
    if not is_file(file):
        raise DefinitionError(
            f"no such file: {file}", next_step="mend the path in parity.toml, or run `parity init`"
        )
    if file.stat().st_size > MAX_BYTES:
        raise DefinitionError(
            f"{file.name} has {file.stat().st_size // 1024**2} MB; "
            f"a definition may have {MAX_BYTES // 1024**2}",
            where=str(file),
            next_step="is it the right file?",
        )
    return file


def discovered(root: Path) -> tuple[Path, ...]:
    """The Compose file of a folder, by its usual names; DefinitionError where there is none."""
    for name in DEFAULT_FILES:
        if (root / name).is_file():
            return (_existing(root / name),)
    raise DefinitionError(
        f"no Compose file in {root}", next_step="name it under `files` in parity.toml"
    )


def _unescape(text: str) -> str:
    return text.replace("$$", "$")


_FRAGMENT = "invalid compose project"
_UNSET = re.compile(r'The \\?"(\w+)\\?" variable is not set')
_MISSING = re.compile(r"required variable (\S+) is missing a value: ?(.*)")
_POSITION = re.compile(
    r"(?:^|[ :])(?P<file>[^\s:]+\.(?:ya?ml|json|env)): (?:yaml: )?line (?P<line>\d+)"
)
_LINE = re.compile(r"^yaml: line (\d+)")
_INTERPOLATION = re.compile(r"invalid interpolation format for (\S+?)\.?$", re.MULTILINE)


def _refusal(done: Completed, files: tuple[Path, ...]) -> DefinitionError:
    where = str(files[0])
    limit = compose_cli.limit_reached(done)
    if limit:
        return DefinitionError(
            f"Docker Compose could not finish: {limit}",
            where=where,
            next_step="it is very large, or refers to itself: look for cycles of extends, include, "
            "anchors or !reset, or split it and compare the parts",
        )
    message = _reason(done.stderr)
    missing = _MISSING.search(message)
    if missing:
        return DefinitionError(
            f"the variable {missing[1]} has no value" + (f" ({missing[2]})" if missing[2] else ""),
            where=f"{where}{_line_of_variable(files, missing[1])}",
            next_step=f"a secret: add `{missing[1]} = {{}}` under [secrets] in parity.toml; "
            "a setting: add its file to `env-files`",
        )
    place = _INTERPOLATION.search(done.stderr)
    if place:
        # The lines after it quote the value, which may hold a secret.
        return DefinitionError(
            f"Docker Compose refuses the definition: invalid interpolation in {place[1]}",
            where=where,
            next_step="write `$$` for a `$` that begins no variable, and close every `${`",
        )
    position, line = _POSITION.search(message), _LINE.search(message)
    if position:
        where = f"{position['file']}:{position['line']}"
    elif line and len(files) == 1:
        where = f"{where}:{line[1]}"
    return DefinitionError(
        f"Docker Compose refuses the definition: {_without_values(message)}",
        where=where,
        next_step="`docker compose config` on these files says the same; mend the definition",
    )


def _reason(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if "level=warning" not in line]
    lines = [line for line in lines if line]
    for number, line in enumerate(lines):
        if line in ("Circular reference:", "include cycle detected:"):
            return f"{line} {', '.join(lines[number + 1 :])}"[:1000]
    return lines[-1][:1000] if lines else "it gave no reason"


def _without_values(message: str) -> str:
    # The dotenv reader quotes the offending line, which may hold a secret.
    env_file = re.search(r"\.env(?!ironment)|in variable name|^failed to read", message)
    if env_file:
        return re.sub(r"""["'].*""", "…", message, flags=re.DOTALL)
    return message


def _line_of_variable(files: Sequence[Path], name: str) -> str:
    pattern = re.compile(r"\$\{?" + re.escape(name) + r"\b")
    for file in files:
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), start=1):
            if pattern.search(line):
                return f":{number}"
    return ""
