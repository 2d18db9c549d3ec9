"""The dotenv source: env files, read by the rules of the program that reads them in production."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from parity.errors import DefinitionError, UnreachableError, UsageError
from parity.model.document import Path as Setting
from parity.model.document import show
from parity.model.environment import Environment, Loss
from parity.model.setting import Origin
from parity.paths import resolved
from parity.secrecy.detect import is_secret, passwords_in
from parity.sources import dotenv_readers as readers
from parity.sources.contract import Request
from parity.sources.dotenv_readers import Variables
from parity.sources.env_lines import line_of
from parity.sources.ledger import summary
from parity.sources.relative import shown
from parity.sources.yaml_tree import text_of

SOURCE = "dotenv"
SILENT: frozenset[str] = frozenset((
    "annotations", "attach", "blkio_config", "build", "cap_add", "cap_drop", "cgroup",
    "cgroup_parent", "command", "configs", "container_name", "cpu_count", "cpu_percent",
    "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpu_shares", "cpus", "cpuset",
    "credential_spec", "depends_on", "deploy", "device_cgroup_rules", "devices", "dns", "dns_opt",
    "dns_search", "domainname", "entrypoint", "expose", "external_links", "extra_hosts", "gpus",
    "group_add", "healthcheck", "hostname", "image", "init", "ipc", "isolation", "labels", "links",
    "logging", "mac_address", "mem_limit", "mem_reservation", "mem_swappiness", "memswap_limit",
    "models", "network_mode", "networks", "oom_kill_disable", "oom_score_adj", "pid", "pids_limit",
    "platform", "ports", "post_start", "pre_stop", "privileged", "profiles", "provider",
    "pull_policy", "read_only", "restart", "runtime", "scale", "secrets", "security_opt", "shm_size",
    "stdin_open", "stop_grace_period", "stop_signal", "storage_opt", "sysctls", "tmpfs", "tty",
    "ulimits", "use_api_socket", "user", "userns_mode", "uts", "volumes", "volumes_from",
    "working_dir", "x-parity",
))  # fmt: skip
SERVICE = "app"
"""Name of the one service, unless `project` names it: env files of two environments pair by it."""

_Reader = Callable[[Sequence[Path], Mapping[str, str]], Variables]


@dataclass(frozen=True)
class DotenvReading:
    """Env files, in the order in which later ones win."""

    request: Request
    files: tuple[Path, ...]
    consumer: str

    def result(self) -> Environment:
        """The environment, with a note for each variable that another consumer reads otherwise."""
        given = self.request.variables
        chosen = _readers()[self.consumer]
        variables = chosen(self.files, given)
        service = self.request.project or SERVICE
        return Environment(
            self.request.name,
            SOURCE,
            tuple(map(str, self.files)),
            {"services": {service: {"environment": variables}}},
            losses=tuple(_notes(variables, self)),
            silent=SILENT,
            origins=EnvOrigins(self.request.root, self.files),
        )


@dataclass(frozen=True)
class EnvOrigins:
    """Origins of variables: the last line that names one, in the last file that does."""

    root: Path
    files: Sequence[Path]

    def of(self, path: Setting) -> Origin | None:
        """File and line of the variable, else the last file."""
        for file in reversed(self.files):
            line = line_of(file, str(path[3])) if path[2:3] == ("environment",) and path[3:] else 0
            if line:
                return Origin(shown(file, self.root), line)
        return Origin(shown(self.files[-1], self.root)) if self.files else None


def recognises(path: Path) -> bool:
    """Whether it is an env file, by its name: `.env`, `.env.prod`, `prod.env`, `env.example`."""
    named = re.fullmatch(r"(?:[\w.-]*\.)?env(?:\.[\w.-]+)?", path.name)
    return bool(named) and "." in path.name and path.suffix not in _OTHERS and path.is_file()


_OTHERS = (".yaml", ".yml", ".json", ".toml", ".py", ".sh", ".js", ".ts", ".md", ".go", ".rb")


def start(request: Request) -> DotenvReading:
    """Check what is asked for; `consumer` says whose rules decide."""
    consumer = request.consumer or "compose"
    if consumer not in _readers():
        raise UsageError(
            f"no consumer of env files called `{consumer}`",
            next_step=f"`consumer` in parity.toml is one of: {', '.join(_readers())}",
        )
    names = (*request.files, *request.env_files) or (".env",)
    files = tuple(Path(_absolute(request.root / name)) for name in names)
    for file in files:
        text_of(file)
    return DotenvReading(request, files, consumer)


def _absolute(file: Path) -> Path:
    try:
        return resolved(file)
    except (OSError, ValueError) as error:
        raise DefinitionError(
            "a file name that cannot be one", next_step="mend the path in parity.toml"
        ) from error


def _readers() -> dict[str, _Reader]:
    return {
        "compose": readers.by_compose,
        "docker": readers.by_docker,
        "python-dotenv": readers.by_python,
    }


_TITLES = {
    "compose": "Compose",
    "docker": "docker run --env-file",
    "python-dotenv": "python-dotenv",
}


def _notes(variables: Variables, reading: DotenvReading) -> list[Loss]:
    """Where the other consumers disagree. Not losses of a value, but of certainty about it."""
    said: dict[str, list[str]] = {}
    notes: list[Loss] = []
    for consumer, read in _readers().items():
        if consumer == reading.consumer:
            continue
        try:
            other = read(reading.files, reading.request.variables)
        except DefinitionError as error:
            place = f" ({error.where.rpartition('/')[2]})"
            notes.append(Loss("environment", "", error.message + place))
            continue
        except UnreachableError:
            continue  # Docker Compose is not installed, and not what was asked for
        for name in {**variables, **other}:
            mine, theirs = variables.get(name), other.get(name)
            if mine != theirs:
                said.setdefault(name, []).append(f"{_TITLES[consumer]} reads {_told(name, theirs)}")
    for name, sentences in said.items():
        value = variables.get(name)
        mine = f"{_TITLES[reading.consumer]} reads {_told(name, value)}"
        path = show(("environment", name))
        notes.append(Loss(path, _told(name, value), "; ".join([*sentences, mine])))
    return notes


def _told(name: str, value: str | None) -> str:
    if value is None:
        return "nothing"
    if is_secret(name, value) or passwords_in(value):
        return f"(secret of {len(value)} characters)"
    return summary((name,), repr(value))
