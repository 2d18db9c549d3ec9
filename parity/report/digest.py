"""What differs, by area: the table that tells a stranger in what kind two environments differ."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from parity.model.document import Path, parse
from parity.model.finding import Place, Report
from parity.report.text import visible

_SERVICES: Final = "services"
_OTHER: Final = "other settings"
_DEPLOY: Final = "deploy"
# Areas in the order of the table, with the fields of a service (or of its `deploy`) that belong there.
AREAS: Final = (
    (_SERVICES, ""),
    ("images", "image build platform pull_policy"),
    ("environment", "environment env_file"),
    ("command", "command entrypoint working_dir init tty stdin_open"),
    ("ports", "ports expose"),
    ("mounts and files", "volumes tmpfs configs secrets volumes_from devices"),
    (
        "limits",
        (
            "resources ulimits shm_size memswap_limit cpuset cpu_shares oom_score_adj mem_limit cpus "
            "pids_limit sysctls storage_opt oom_kill_disable gpus"
        ),
    ),
    ("replicas", "replicas mode scale placement endpoint_mode"),
    ("health checks", "healthcheck"),
    (
        "start and stop",
        (
            "depends_on restart restart_policy update_config rollback_config stop_grace_period "
            "stop_signal post_start pre_stop"
        ),
    ),
    (
        "network",
        (
            "networks network_mode dns dns_search dns_opt extra_hosts hostname domainname links "
            "external_links mac_address"
        ),
    ),
    (
        "user and rights",
        (
            "user group_add cap_add cap_drop privileged read_only security_opt userns_mode pid ipc uts "
            "cgroup cgroup_parent"
        ),
    ),
    ("logging", "logging"),
    ("labels", "labels annotations container_name profiles"),
    (_OTHER, ""),
)
_AREA_OF: Final = {name: area for area, names in AREAS for name in names.split()}
_TOP: Final = {
    "networks": "network",
    "x-parity": "network",
    "volumes": "mounts and files",
    "configs": "mounts and files",
}


@dataclass
class Row:
    """One area. The lists hold the names of settings or services, in rank order, without repetitions."""

    area: str
    only_left: list[str] = field(default_factory=list)
    only_right: list[str] = field(default_factory=list)
    both: list[str] = field(default_factory=list)
    settings: int = 0

    @property
    def examples(self) -> list[str]:
        """Every name once; what differs on both sides first. None for services: `unpaired` has them."""
        if self.area == _SERVICES:
            return []
        return list(dict.fromkeys([*self.both, *self.only_right, *self.only_left]))


def unpaired(report: Report) -> tuple[list[str], list[str]]:
    """Services of the left side alone and of the right side alone, in rank order."""
    row = next((row for row in digest(report) if row.area == _SERVICES), Row(_SERVICES))
    return row.only_left, row.only_right


def digest(report: Report) -> list[Row]:
    """The areas in which findings lie; a setting that several findings name counts once."""
    rows = {area: Row(area) for area, _ in AREAS}
    for place, path in _places(report):
        row = rows[area_of(path)]
        row.settings += 1
        names = {"left": row.only_left, "right": row.only_right}.get(only(place), row.both)
        names.append(_name(row.area, path))
    return [row for row in rows.values() if row.settings]


def only(place: Place) -> str:
    """`left` or `right` where only that side sets it, else nothing."""
    left, right = (_unset(text) for text in (place.left, place.right))
    if left == right:
        return ""
    return "right" if left else "left"


def _unset(text: str) -> bool:
    return text == "unset" or text.startswith("unset ->")


def _places(report: Report) -> Iterator[tuple[Place, Path]]:
    seen = set()
    for finding in report.findings:
        paths = [path_of(place.setting) for place in finding.places]
        for place, path in zip(finding.places, paths, strict=True):
            whole = any(other[: len(path)] == path for other in paths if other != path)
            # A joint finding also shows what is alike on both sides, or a whole beside its parts.
            if place.setting not in seen and place.left != place.right and not whole:
                seen.add(place.setting)
                yield place, path


def path_of(setting: str) -> Path:
    """The written path as parts; a text that is no path counts as one part."""
    try:
        return parse(setting)
    except ValueError:
        return (setting,)


def area_of(path: Path) -> str:
    """The area of a full path, `services.web.deploy.replicas`."""
    if not path or path[0] != "services":
        return _TOP.get(str(path[0]), _OTHER) if path else _OTHER
    if len(path) <= 2:  # noqa: PLR2004
        return _SERVICES
    name = str(path[3] if path[2] == _DEPLOY and len(path) > 3 else path[2])  # noqa: PLR2004
    return _AREA_OF.get(name, _OTHER)


def _name(area: str, path: Path) -> str:
    """What a reader looks for: the variable, or the service."""
    if area == "environment" and len(path) > 3:  # noqa: PLR2004
        return visible(str(path[3]))
    return visible(str(path[1] if len(path) > 1 else path[0]))
