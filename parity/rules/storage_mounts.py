"""What is mounted where in a service, and what kind of folder that is."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from parity.diff.view import Service, Side

_CODE = re.compile(
    r"^/(?:app|apps|application|code|src|srv|workspaces?|usr/src|var/www|opt/app|project|web|backend|frontend"
    r"|home/(?:frontend|backend|app|[^/]+/(?:app|src|code|project)s?))(?:/|$)"
)
_ROOT = re.compile(
    r"^/(?:app|application|code|srv|srv/app|workspaces?|usr/src/app|usr/src|var/www|var/www/html|opt/app|project|web"
    r"|frontend|backend|home/(?:frontend|backend|app|[^/]+/(?:app|code|project)))$"
)
_DATA = re.compile(
    r"(?:^|[/_-])(?:media|mediafiles|uploads?|storage|attachments?|files|data|db|database|backups?|logs?|tmp|temp|cache"
    r"|node_modules|vendor|\.venv|venv|certs?|ssl|keys|secrets?|config|conf|\.git|\.ssh|\.aws|results|reports|coverage)$",
    re.IGNORECASE,
)
_KEPT = re.compile(
    r"(?:^|[/_-])(?:media|mediafiles|uploads?|storage|attachments?|userdata|filestore)$",
    re.IGNORECASE,
)
_ASSETS = re.compile(
    r"/(?:dist|build|public|static|staticfiles|assets|www|html|\.next|bundles?)$", re.IGNORECASE
)
_FILE = re.compile(
    r"\.(?:conf|cnf|cfg|ini|ya?ml|json|toml|xml|properties|env|lua|hcl|vcl|rules|sql|sh|py|js|ts|rb|php|txt|tmpl"
    r"|template|acl|list|pem|crt|cer|key|p12|jks|sock|service|lock|md|erb|j2|map|config)$"
    r"|/(?:Caddyfile|Corefile|crontab|hosts|passwd|\.env|\.htpasswd|localtime|timezone|Makefile|Procfile)$",
    re.IGNORECASE,
)
SCRATCH = re.compile(
    r"^(?:/tmp|/var/tmp|/run|/var/run|/var/lock|/dev/shm)(?:/|$)|cache|/tmp$|\.sock$", re.IGNORECASE
)
"""Folders whose content nobody misses."""
DATA_FOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "postgres": "/var/lib/postgresql",
        "mysql": "/var/lib/mysql",
        "mariadb": "/var/lib/mysql",
        "mongodb": "/data/db",
        "rabbitmq": "/var/lib/rabbitmq",
        "elasticsearch": "/usr/share/elasticsearch/data",
        "minio": "/data",
    }
)
"""Where official images of stores keep their data."""


@dataclass(frozen=True)
class Mount:
    """One mount: `kind` is bind, volume or tmpfs; `field` the setting that holds it."""

    target: str
    kind: str
    field: str

    @property
    def path(self) -> tuple[str, str]:
        """The setting below the service."""
        return self.field, self.target


def mounts(service: Service) -> Iterator[Mount]:
    """Every mount of volumes, folders and memory; not those of configs and secrets."""
    for field in ("volumes", "tmpfs"):
        if service.document.get(field):
            for path, value in service.others.items():
                if path[0] == field and path[2:] == ("type",):
                    yield Mount(str(path[1]), str(value), field)


def is_file(target: str) -> bool:
    """Whether a mount's target is one file by its name."""
    return bool(_FILE.search(target))


def is_code(target: str, service: Service) -> bool:
    """Whether programs of the image stand at a folder."""
    if is_file(target) or _DATA.search(target):
        return False
    working = str(service.settings.get(("working_dir",)) or "")
    at_work = len(working) > 1 and (target == working or target.startswith(f"{working}/"))
    return at_work or bool(_CODE.match(target))


def is_program(target: str, service: Service) -> bool:
    """Whether the program as a whole stands at a folder, not a part of its sources."""
    working = service.settings.get(("working_dir",))
    return target == working if working else bool(_ROOT.match(target))


def is_kept(target: str) -> bool:
    """Whether users' files are at a folder."""
    return bool(_KEPT.search(target))


def is_assets(target: str) -> bool:
    """Whether a build's results are at a folder."""
    return bool(_ASSETS.search(target))


def covers(target: str, folder: str) -> bool:
    """Whether a mount holds a folder or a part of it."""
    return target == folder or folder.startswith(f"{target}/") or target.startswith(f"{folder}/")


def holds(target: str, folder: str) -> bool:
    """Whether a mount is at a folder or above it."""
    return target == folder or folder.startswith(f"{target}/")


def lasting(service: Service, side: Side, folder: str) -> Mount | None:
    """The mount that keeps a folder's content when the container is replaced."""
    for mount in mounts(service):
        if (
            covers(mount.target, folder)
            and mount.kind != "tmpfs"
            and not _ephemeral(mount, service, side)
        ):
            return mount
    return None


def _ephemeral(mount: Mount, service: Service, side: Side) -> bool:
    """Whether a volume lives only as long as its pod, or has no name to be found again by."""
    for row in service.document.get("volumes") or ():
        if isinstance(row, dict) and str(row.get("target")).rstrip("/") == mount.target:
            source = row.get("source")
            known = (side.document.get("volumes") or {}).get(source) or {}
            return mount.kind == "volume" and (
                not source or (known.get("x-parity") or {}).get("ephemeral") is True
            )
    return False


def data_folder(service: Service) -> str:
    """Where a store keeps its data; empty for what is none."""
    told = service.env("PGDATA") if service.technology == "postgres" else None
    return told or DATA_FOLDERS.get(service.technology, "")
