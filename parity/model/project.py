"""What parity.toml says. Validated by `parity.config`; names on file are in kebab-case.

The docstring under a field is its description in the JSON Schema that editors use.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal


def _kebab(name: str) -> str:
    return name.replace("_", "-")


_STRICT: Any = {
    "extra": "forbid",
    "alias_generator": _kebab,
    "use_attribute_docstrings": True,
}

Characters = Literal["alnum", "hex", "digits", "base64", "printable"]


Notation = Literal[
    "compose", "swarm", "kubernetes", "ecs", "cloudrun", "docker", "dotenv", "snapshot"
]
Threshold = Literal["error", "warning", "info", "never"]


@dataclass(frozen=True)
class ProjectTable:
    """Who this is."""

    __pydantic_config__ = _STRICT

    name: str = ""
    """Short name of the project; stacks are named after it. Default: the folder's name."""


@dataclass(frozen=True)
class EnvironmentTable:
    """One environment and where its definition is read."""

    __pydantic_config__ = _STRICT

    source: Notation = "compose"
    """Notation of the definition."""
    files: tuple[str, ...] = ()
    """Files (Compose: in merge order) or folders, relative to parity.toml."""
    env_files: tuple[str, ...] = ()
    """Files with variables for interpolation (`docker compose --env-file`)."""
    profiles: tuple[str, ...] = ()
    """Compose profiles that production activates."""
    project: str = ""
    """Of a live source: Compose project, Kubernetes namespace, ECS family or service. Of Compose and
    swarm files: the project that their containers run as, so that these can be looked at."""
    context: str = ""
    """Where that is: docker context or host, kubectl context, AWS region."""
    consumer: str = ""
    """Of env files: whose rules they are read by (`compose`, `docker`, `python-dotenv`)."""


@dataclass(frozen=True)
class OverrideTable:
    """A rewrite of the definition that the user asks for."""

    __pydantic_config__ = _STRICT

    path: str
    """Dotted path in the Compose document, e.g. `services.web.environment.LOG_LEVEL`."""
    reason: str
    """Why the laptop must differ from production here."""
    value: Any = None
    """The local value; leave it out to remove the setting."""


@dataclass(frozen=True)
class LocalTable:
    """How the local stack may differ from production."""

    __pydantic_config__ = _STRICT

    environment: str = ""
    """The environment that the local stack copies. Default: `prod` or `production`, else the only one."""
    max_replicas: int = 2
    """Most replicas of one service; two show the bugs that one replica hides."""
    bind_address: str = "127.0.0.1"
    """Host address of published ports."""
    subnets: str = "10.231.0.0/16"
    """Range from which the stack's networks take a /24 each."""
    build: tuple[str, ...] = ()
    """Services that may be built from their `build:` section because no registry has their image."""
    privileged: tuple[str, ...] = ()
    """Services that keep `privileged` and engine sockets. Such a service can leave the guard."""
    authority: tuple[str, ...] = ()
    """Services that get the local certificate authority at /run/parity/authority.pem."""
    host_files: dict[str, str] = field(default_factory=dict)
    """Files of production's hosts that are in the repository: path there = path here, relative to
    parity.toml."""
    hosts: dict[str, str] = field(default_factory=dict)
    """Web servers that know themselves by production's name: service = production's URL, such as
    `https://shop.example`. Asked as SERVICE.BRANCH.localhost they see that name."""
    gateway_base: str = "debian:bookworm-20250520-slim"
    """Base image of the gateway: Debian or Ubuntu, by tag or digest."""
    override: tuple[OverrideTable, ...] = ()
    """Rewrites of your own, each with its reason."""


@dataclass(frozen=True)
class SecretTable:
    """Shape of a generated stand-in."""

    __pydantic_config__ = _STRICT

    length: int = 32
    """Number of characters."""
    characters: Characters = "alnum"
    """Class of the characters."""


@dataclass(frozen=True)
class CertificateTable:
    """A certificate that the local authority issues in place of production's."""

    __pydantic_config__ = _STRICT

    names: tuple[str, ...]
    """Host names the certificate is valid for (localhost and 127.0.0.1 are added)."""
    certificate: str
    """Compose secret that receives the certificate chain (PEM)."""
    key: str
    """Compose secret that receives the private key (PEM)."""


@dataclass(frozen=True)
class StandInTable:
    """What answers locally in place of something that cannot be local."""

    __pydantic_config__ = _STRICT

    service: str
    """The service that answers: of the definition, or of `compose` below."""
    compose: str = ""
    """Compose file that brings the service, relative to parity.toml."""
    reason: str = ""
    """Why production's own cannot be used."""


@dataclass(frozen=True)
class EgressTable:
    """What the stack may reach outside itself."""

    __pydantic_config__ = _STRICT

    allow: tuple[str, ...] = ()
    """Hosts, as `host`, `host:port`, `*.domain:port` or `address:port`."""


@dataclass(frozen=True)
class WaiverTable:
    """An accepted finding."""

    __pydantic_config__ = _STRICT

    rule: str
    """Id or name of the rule."""
    setting: str
    """Setting it is accepted for."""
    reason: str
    """Why."""
    owner: str = ""
    """Who answers for it."""
    expires: date | None = None
    """Last day it holds."""


@dataclass(frozen=True)
class DiffTable:
    """How environments are compared."""

    __pydantic_config__ = _STRICT

    pairs: dict[str, str] = field(default_factory=dict)
    """Services of other names that are the same: left side's name = right side's name."""
    fail_on: Threshold = "error"
    """Least severity that makes `diff` and `check` exit with 1."""


@dataclass(frozen=True)
class CheckTable:
    """What `parity check` compares, besides lock, overrides and waivers."""

    __pydantic_config__ = _STRICT

    compare: tuple[str, ...] = ()
    """Two environments or snapshot files: what is pushed, and what it must agree with."""
    fail_on: Threshold | None = None
    """Least severity that stops a push. Default: that of [diff]."""


@dataclass(frozen=True)
class StateTable:
    """Where start states are kept, and how they are copied."""

    __pydantic_config__ = _STRICT

    backend: Literal["auto", "reflink", "overlay", "copy"] = "auto"
    """How copies are made. Default: the best that the engine allows (`parity doctor` says which)."""
    pool: bool = True
    """Whether parity may make a file system of its own for the states (an XFS image in a volume),
    where the engine's disk cannot share blocks between files."""
    default: str = ""
    """The state that `reset`, `fork` and `test` begin from. Default: the one declared in [states] if
    there is one only, else the one the stack stands on, else the newest."""
    restart: tuple[str, ...] = ()
    """Services that a reset starts again besides those with data, since they keep what they read."""
    spares: int = 0
    """Forks kept ready for `parity test` and the pytest plugin while they run."""
    spare_memory: str = "2g"
    """Most memory that spares may take together; fewer are kept where it is not there."""


@dataclass(frozen=True)
class StepTable:
    """One step of building a declared state: in a service's container, or on this machine."""

    __pydantic_config__ = _STRICT

    exec: str | tuple[str, ...] = ()
    """Command to run in a container of `service`; a text is run by its shell."""
    service: str = ""
    """The service that `exec` runs in."""
    run: str | tuple[str, ...] = ()
    """Command to run here, with the services' addresses in its environment (as `parity run`)."""
    input: str = ""
    """File given to the command on its standard input: a dump to load, for example."""


@dataclass(frozen=True)
class DeclaredTable:
    """A start state that is built when it is needed, and again only when an input of it changed."""

    __pydantic_config__ = _STRICT

    begin: str = ""
    """State to begin with. Default: empty volumes, as at the very first `parity up`."""
    steps: tuple[StepTable, ...] = ()
    """What is done to it, in order."""
    inputs: tuple[str, ...] = ()
    """Files it depends on besides the steps' own, as globs relative to parity.toml: migrations,
    seeds, scripts."""
    services: tuple[str, ...] = ()
    """Services to run while it is built, with what they depend on. Default: all."""


@dataclass(frozen=True)
class DevcontainerTable:
    """The service whose container an editor works in, and what it has there besides production's image."""

    __pydantic_config__ = _STRICT

    service: str
    """The service that the editor attaches to."""
    tools: tuple[str, ...] = ("git",)
    """Packages on top of production's image, as its own distribution calls them."""
    user: str = "dev"
    """Account of the editor and its terminals; made with the numbers of whoever owns the project's
    folder. The service itself runs as in production."""
    workspace: str = ""
    """Where the project's folder is in the container. Default: where it is on this machine, with the
    repository around it."""
    code: dict[str, str] = field(default_factory=dict)
    """Folders of the project that stand where the image has its copy: path here = path there."""
    run: bool = True
    """Whether production's command runs from the beginning; else the editor's user starts it."""
    limits: bool = False
    """Whether production's limits of memory, processors and processes hold for the editor as well."""
    environment: dict[str, str] = field(default_factory=dict)
    """Variables of the editor's terminals and tests; the service does not see them."""
    extensions: tuple[str, ...] = ()
    """Extensions of VS Code, by id."""
    shutdown: Literal["none", "stopCompose"] = "none"
    """What closing the editor stops: nothing, or the whole stack."""


@dataclass(frozen=True)
class Project:
    """parity.toml as a whole."""

    __pydantic_config__ = _STRICT

    project: ProjectTable = field(default_factory=ProjectTable)
    """Who this is."""
    environments: dict[str, EnvironmentTable] = field(default_factory=dict)
    """The environments, by name."""
    local: LocalTable = field(default_factory=LocalTable)
    """How the local stack may differ."""
    secrets: dict[str, SecretTable | str] = field(default_factory=dict)
    """Stand-ins by name of the Compose secret or of the variable; a text is a template with
    `${secret:NAME}` in it."""
    certificates: dict[str, CertificateTable] = field(default_factory=dict)
    """Local certificates for production's names."""
    stand_ins: dict[str, StandInTable] = field(default_factory=dict)
    """Stand-ins by the host name that production uses."""
    egress: EgressTable = field(default_factory=EgressTable)
    """What may be reached."""
    waivers: tuple[WaiverTable, ...] = ()
    """Accepted findings."""
    diff: DiffTable = field(default_factory=DiffTable)
    """How environments are compared."""
    check: CheckTable = field(default_factory=CheckTable)
    """What `parity check` compares."""
    rules: dict[str, Literal["error", "warning", "info", "off"]] = field(default_factory=dict)
    """Severity of single rules, by id or name."""
    state: StateTable = field(default_factory=StateTable)
    """Where start states are kept."""
    states: dict[str, DeclaredTable] = field(default_factory=dict)
    """Start states that are built from files of the repository, by name."""
    devcontainer: DevcontainerTable | None = None
    """The service that an editor works in: `parity devcontainer`."""
