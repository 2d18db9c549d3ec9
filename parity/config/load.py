"""Read parity.toml into records; what is wrong is told with file, line and the nearest name."""

import contextlib
import difflib
import hashlib
import ipaddress
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

from parity import __version__
from parity.config.build import build
from parity.config.devcontainer import check_devcontainer
from parity.config.positions import line_of
from parity.config.shapes import told
from parity.config.states import check_states
from parity.errors import ConfigError, UsageError
from parity.model.project import Project, ProjectTable
from parity.paths import CONFIG_NAME, ProjectPaths, find_root, write_if_changed

_NEXT = "run `parity init` to write one for the definitions in this repository"


def locate(start: Path) -> ProjectPaths:
    """The project that `start` belongs to."""
    if not start.is_dir():
        raise ConfigError(f"no such folder: {start}", next_step="name the project's folder")
    root = find_root(start.resolve())
    if root is None:
        raise ConfigError(f"no {CONFIG_NAME} in {start.resolve()} or above it", next_step=_NEXT)
    return ProjectPaths(root)


def load(paths: ProjectPaths) -> Project:
    """Read and validate the project's configuration."""
    text = _read(paths.config)
    try:
        tree = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        # Not all of it is TOMLDecodeError: endless numbers and deep nesting raise these.
        found = re.search(r"at line (\d+)", str(error))
        at_end = "at end of document" in str(error)
        line = found[1] if found else str(len(text.splitlines())) if at_end else ""
        raise ConfigError(
            f"{paths.config.name} is not TOML: {error}",
            where=f"{paths.config}:{line}" if line else str(paths.config),
            next_step="mend that line",
        ) from error
    project = _records(paths, tree, text)
    if not project.project.name:
        project = replace(project, project=ProjectTable(name=_default_name(paths.root)))
    return project


def _records(paths: ProjectPaths, tree: Mapping[str, Any], text: str) -> Project:
    key = hashlib.sha256(f"{__version__}\0{text}".encode()).hexdigest()
    if _kept(paths.validated) == key:
        project: Project = build(Project, tree)
        return project
    project = validate(tree, text=text, file=paths.config)
    # Only worth keeping where parity keeps state anyway; reading a file must not make folders.
    # What the validator had to convert ("3" for a number) is converted again each time.
    if paths.state.is_dir() and build(Project, tree) == project:
        with contextlib.suppress(UsageError):
            write_if_changed(paths.validated, key + "\n")
    return project


def _kept(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""


def validate(tree: Mapping[str, Any], *, text: str, file: Path) -> Project:
    """Turn the parsed tree into records, or raise ConfigError for the first thing that is wrong."""
    from pydantic import TypeAdapter, ValidationError

    try:
        project = TypeAdapter(Project).validate_python(tree)
    except ValidationError as error:
        problems = error.errors(include_url=False)
        # A misspelt key that is required is missing as well; the spelling is the cause.
        unknown = [p for p in problems if p["type"] == "unexpected_keyword_argument"]
        problem = (unknown or problems)[0]
        raise _config_error(problem, text=text, file=file) from error
    _check_references(project, text=text, file=file)
    _check_addresses(project, text=text, file=file)
    _check_numbers(project, text=text, file=file)
    _check_egress(project, text=text, file=file)
    check_states(project, text=text, file=file)
    check_devcontainer(project, text=text, file=file)
    return project


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(
            f"{file.name} is not UTF-8: byte {error.start}",
            where=str(file),
            next_step="save it as UTF-8",
        ) from error
    except OSError as error:
        raise ConfigError(
            f"cannot read {file.name}: {error.strerror}", where=str(file), next_step=_NEXT
        ) from error


def _config_error(problem: Any, *, text: str, file: Path) -> ConfigError:
    # pydantic names the branch of a union (`SecretTable`) in the location; it is no key of the file.
    location = tuple(
        part for part in problem["loc"] if isinstance(part, int) or not _is_branch(part)
    )
    where = f"{file}:{line_of(text, location)}"
    name = ".".join(str(part) for part in location)
    if problem["type"] == "unexpected_keyword_argument":
        known = list(_known_keys(location[:-1]))
        near = difflib.get_close_matches(str(location[-1]), known, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"known here: {', '.join(known)}"
        return ConfigError(f"unknown key `{name}`", where=where, next_step=hint)
    if problem["type"] == "missing_argument" or problem["type"] == "missing":
        return ConfigError(
            f"`{name}` is missing", where=where, next_step=f"add `{location[-1]} = …` to the table"
        )
    key = next((part for part in reversed(location) if isinstance(part, str)), name)
    message, remedy = told(problem, name, key)
    return ConfigError(message, where=where, next_step=remedy)


def _is_branch(part: str) -> bool:
    return part in {"SecretTable", "str"} or part.startswith("function-")


def _known_keys(location: Iterable[Any]) -> Iterable[str]:
    node: Any = Project
    for part in location:
        hints = get_type_hints(node) if is_dataclass(node) else {}
        hint = hints.get(str(part).replace("-", "_"))
        node = _record_in(hint) if hint is not None else node
    return [f.name.replace("_", "-") for f in fields(node)] if is_dataclass(node) else []


def _record_in(hint: Any) -> Any:
    if is_dataclass(hint):
        return hint
    found = [record for record in map(_record_in, get_args(hint)) if record is not None]
    return found[0] if found else None


def _check_references(project: Project, *, text: str, file: Path) -> None:
    wanted = project.local.environment
    names = list(project.environments)
    if wanted and wanted not in names:
        near = difflib.get_close_matches(wanted, names, n=1)
        raise ConfigError(
            f"`local.environment` names `{wanted}`, which is no environment",
            where=f"{file}:{line_of(text, ('local', 'environment'))}",
            next_step=f"did you mean `{near[0]}`?"
            if near
            else f"there are: {', '.join(names) or 'none'}",
        )


def _check_addresses(project: Project, *, text: str, file: Path) -> None:
    address = project.local.bind_address
    try:
        ipaddress.IPv4Address(address)
    except ValueError as error:
        raise ConfigError(
            f"`local.bind-address` is no IPv4 address: `{address}`",
            where=f"{file}:{line_of(text, ('local', 'bind-address'))}",
            next_step='for example "127.0.0.1"',
        ) from error


def _check_numbers(project: Project, *, text: str, file: Path) -> None:
    numbers: list[tuple[tuple[str, ...], int, int]] = [
        (("local", "max-replicas"), project.local.max_replicas, 1000)
    ]
    numbers += [
        (("secrets", name, "length"), table.length, 4096)
        for name, table in project.secrets.items()
        if not isinstance(table, str)
    ]
    for location, number, most in numbers:
        if not 1 <= number <= most:
            raise ConfigError(
                f"`{'.'.join(location)}` is {number}",
                where=f"{file}:{line_of(text, location)}",
                next_step=f"1 to {most} make sense",
            )


def _check_egress(project: Project, *, text: str, file: Path) -> None:
    from parity.stack.gateway_image.gateway.fields import SettingsError
    from parity.stack.gateway_image.gateway.settings import allowance

    for entry in project.egress.allow:
        try:
            allowance(entry)
        except SettingsError as error:
            key = line_of(text, ("egress", "allow"))
            below = enumerate(text.splitlines()[key - 1 :], start=key)
            line = next((number for number, row in below if entry in row), key)
            near = _host_in(entry)
            raise ConfigError(
                f"`egress.allow`: `{entry}` is no host or address, with or without a port",
                where=f"{file}:{line}",
                next_step=f"did you mean `{near}`?"
                if near
                else "write `host`, `host:port`, `*.domain:port` or `address:port`",
            ) from error


def _host_in(entry: str) -> str:
    """The host (and port) of what is written as a URL."""
    from parity.stack.gateway_image.gateway.fields import SettingsError
    from parity.stack.gateway_image.gateway.settings import allowance

    host = re.split(r"[/?#]", entry.rpartition("://")[2])[0].rpartition("@")[2]
    try:
        allowance(host)
    except SettingsError:
        return ""
    return host


def _default_name(root: Path) -> str:
    return re.sub(r"[^a-z0-9]+", "-", root.name.lower()).strip("-") or "project"
