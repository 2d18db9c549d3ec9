"""Fields of a Compose service whose written form has to be normalised: one function each.

Each takes the field's value and yields (path below the field, normalised value).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from parity.diff.units import cpus, seconds, size
from parity.model.document import Path

Settings = Iterator[tuple[Path, Any]]

_DOCKER_HUB = re.compile(r"^(?:(?:index\.|registry-1\.)?docker\.io/)(?:library/)?|^library/")
_PROCESSORS = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64"}
_SIGNALS = {1: "SIGHUP", 2: "SIGINT", 3: "SIGQUIT", 6: "SIGABRT", 9: "SIGKILL", 10: "SIGUSR1",
            12: "SIGUSR2", 15: "SIGTERM", 28: "SIGWINCH"}  # fmt: skip
"""As Linux numbers them."""
_OPTION = re.compile(r"^([^=,]+)=(.*)$")


def image(value: Any) -> Settings:
    """`registry/name:tag@digest` -> repository, tag, digest. No tag and no digest is `latest`."""
    if not isinstance(value, str):
        yield (), value
        return
    name, _, digest = value.partition("@")
    head, slash, last = name.rpartition("/")
    last, _, tag = last.partition(":")
    repository = _DOCKER_HUB.sub("", head + slash + last)
    yield ("repository",), repository
    if tag or not digest:
        yield ("tag",), tag or "latest"
    if digest:
        yield ("digest",), digest


def words(value: Any) -> Settings:
    """An argument vector as a tuple. Compose has split texts already."""
    if isinstance(value, list):
        yield (), tuple(value)
    elif value is not None:
        yield (), value


def as_set(value: Any) -> Settings:
    """A list whose order means nothing, as a sorted tuple without repetitions."""
    if isinstance(value, list):
        yield (), tuple(sorted(set(map(str, value))))
    elif value is not None:
        yield (), value


def capabilities(value: Any) -> Settings:
    """The engine takes `net_admin`, `NET_ADMIN` and `CAP_NET_ADMIN` for one."""
    if isinstance(value, list):
        yield (), tuple(sorted({str(each).upper().removeprefix("CAP_") for each in value}))
    elif value is not None:
        yield (), value


def user(value: Any) -> Settings:
    """Number 0 is called root in every image; of other numbers only the image knows the names."""
    name, colon, group = str(value).partition(":")
    yield (), ("root" if name == "0" else name) + colon + group


def stop_signal(value: Any) -> Settings:
    """`TERM`, `SIGTERM` and 15 are one signal."""
    text = str(value).upper()
    named = _SIGNALS.get(int(text), text) if text.isdecimal() else ""
    yield (), named or f"SIG{text.removeprefix('SIG')}"


def folder(value: Any) -> Settings:
    """A path without the slash at its end."""
    yield (), (str(value).rstrip("/") or "/") if isinstance(value, str) and value else value


def platform(value: Any) -> Settings:
    """Processors have two names each."""
    system, slash, rest = str(value).partition("/")
    name, more, variant = rest.partition("/")
    yield (), system + slash + _PROCESSORS.get(name, name) + more + variant


def security(value: Any) -> Settings:
    """security_opt as a set; a switch without a value is on."""
    if isinstance(value, list):
        options = {str(option).replace("=", ":", 1) for option in value}
        on = {f"{each}:true" if each == "no-new-privileges" else each for each in options}
        yield (), tuple(sorted(on - {"no-new-privileges:false"}))


def environment(value: Any) -> dict[str, Any]:
    """Variables by name; null means that the value comes from whoever runs Compose: not set here."""
    if not isinstance(value, Mapping):
        return {}
    if None not in value.values():
        return dict(value)  # nearly always, and much cheaper
    return {name: text for name, text in value.items() if text is not None}


def ports(value: Any) -> Settings:
    """`8080/tcp` -> published (text or tuple of them), host_ip."""
    published: dict[str, list[str]] = {}
    addresses: dict[str, str] = {}
    for port in value if isinstance(value, list) else ():
        if not isinstance(port, Mapping):
            continue
        key = f"{port.get('target')}/{port.get('protocol', 'tcp')}"
        published.setdefault(key, []).append(str(port.get("published") or ""))
        if port.get("host_ip"):
            addresses[key] = str(port["host_ip"])
    for key, numbers in published.items():
        yield (key, "published"), numbers[0] if len(numbers) == 1 else tuple(sorted(numbers))
        if key in addresses:
            yield (key, "host_ip"), addresses[key]


def expose(value: Any) -> Settings:
    """Port numbers with their protocol, as a set."""
    if isinstance(value, list):
        yield (), tuple(sorted({p if "/" in p else f"{p}/tcp" for p in map(str, value)}))


def volumes(value: Any) -> Settings:
    """By target: type, read_only, source of a bind, and options. Volume names are identities."""
    for mount in value if isinstance(value, list) else ():
        if not isinstance(mount, Mapping):
            continue
        target = _target(mount)
        kind = str(mount.get("type", "volume"))
        yield (target, "type"), kind
        if kind == "bind":
            yield (target, "source"), mount.get("source")
        if mount.get("read_only"):
            yield (target, "read_only"), True
        if "x-content" in mount:
            yield (target, "content"), mount["x-content"]
        for option in ("bind", "volume", "tmpfs", "image"):
            for name, setting in (mount.get(option) or {}).items():
                if name != "create_host_path" and setting not in (None, False):
                    yield (target, name), size(setting) if name == "size" else setting


def tmpfs(value: Any) -> Settings:
    """By target: size in bytes, mode, other options as a set."""
    for text in [value] if isinstance(value, str) else value or ():
        target, _, options = str(text).partition(":")
        others = []
        yield (target, "type"), "tmpfs"
        for option in filter(None, options.split(",")):
            match = _OPTION.match(option)
            if match and match[1] == "size":
                yield (target, "size"), size(match[2])
            elif match and match[1] in ("mode", "uid", "gid"):
                yield (target, match[1]), match[2].lstrip("0") or "0"
            else:
                others.append(option)
        if others:
            yield (target, "options"), tuple(sorted(others))


def files(folder: str) -> Any:
    """Configs and secrets: by target; what a relative target is below depends on which."""

    def normalise(value: Any) -> Settings:
        for entry in value if isinstance(value, list) else ():
            if not isinstance(entry, Mapping):
                continue
            target = str(entry.get("target") or entry.get("source"))
            target = target if target.startswith("/") else f"{folder}{target}"
            yield (target, "source"), entry.get("source")
            for name in ("uid", "gid"):
                if entry.get(name) is not None:
                    yield (target, name), str(entry[name])
            if entry.get("mode") is not None:
                yield (target, "mode"), _octal(entry["mode"])

    return normalise


def ulimits(value: Any) -> Settings:
    """By name: soft and hard."""
    for name, limit in (value or {}).items():
        if isinstance(limit, Mapping):
            for side, number in limit.items():
                yield (name, side), _number(number)
        else:
            yield (name, "soft"), _number(limit)
            yield (name, "hard"), _number(limit)


def healthcheck(value: Any) -> Settings:
    """Test as an argument vector, times in seconds; switched off is the test `NONE`."""
    if not isinstance(value, Mapping):
        return
    if value.get("disable"):
        yield ("test",), ("NONE",)
        return
    for name, setting in value.items():
        if name == "test":
            words_ = ["CMD-SHELL", setting] if isinstance(setting, str) else setting
            yield ("test",), tuple(words_ or ())
        elif name == "retries":
            yield ("retries",), _number(setting)
        elif name in ("interval", "timeout", "start_period", "start_interval"):
            yield (name,), seconds(setting)


def deploy(value: Any) -> Settings:
    """Resources in bytes and cores; the rest as it is, without labels of the orchestrator's objects."""
    for name, part in (value or {}).items():
        if part in ({}, []):
            continue  # Compose prints them for whoever writes `deploy:`
        if name == "resources":
            for kind, amounts in (part or {}).items():
                for what, amount in (amounts or {}).items():
                    yield ("resources", kind, what), resource(what, amount)
        elif name == "restart_policy" and isinstance(part, Mapping):
            for key, setting in part.items():
                yield (name, key), seconds(setting) if key in ("delay", "window") else setting
        elif name in ("update_config", "rollback_config", "placement", "labels"):
            yield from (((name, *path), leaf) for path, leaf in plain(part))
        else:
            yield (name,), part


def resource(what: str, amount: Any) -> Any:
    """One amount of deploy.resources."""
    if what == "memory":
        return size(amount)
    if what == "cpus":
        return cpus(amount)
    return _number(amount) if what == "pids" else _frozen(amount)


def networks(value: Any) -> Settings:
    """By name: aliases as a set, the other options; membership alone is `member`."""
    for name, options in (value or {}).items():
        yield (name, "member"), True
        for key, setting in (options or {}).items():
            if key == "aliases":
                yield (name, "aliases"), tuple(sorted(set(map(str, setting or ()))))
            elif setting is not None:
                yield (name, key), _frozen(setting)


def depends_on(value: Any) -> Settings:
    """By service: the condition."""
    if isinstance(value, Mapping):
        for name, options in value.items():
            yield (name, "condition"), (options or {}).get("condition", "service_started")
    else:
        for name in value or ():
            yield (str(name), "condition"), "service_started"


def hosts(value: Any) -> Settings:
    """extra_hosts: by name, the addresses as a set."""
    found: dict[str, set[str]] = {}
    if isinstance(value, Mapping):
        for name, addresses in value.items():
            rows = addresses if isinstance(addresses, list) else [addresses]
            found.setdefault(str(name), set()).update(map(str, rows))
    else:
        for line in value or ():
            name, _, address = re.sub(r"[=:]", "\0", str(line), count=1).partition("\0")
            found.setdefault(name, set()).add(address.strip("[]"))
    for name, addresses in found.items():
        yield (name,), tuple(sorted(addresses))


def build(value: Any) -> Settings:
    """How an image is built: target, args and dockerfile; folders are each machine's own."""
    if isinstance(value, str):
        yield ("context",), value
    else:
        yield from plain(value)


def plain(value: Any) -> Settings:
    """Any other tree: its leaves, lists as tuples."""
    if isinstance(value, Mapping) and value:
        for key, part in value.items():
            for path, leaf in plain(part):
                yield (str(key), *path), leaf
    elif value is not None:
        yield (), _frozen(value)


def _target(mount: Mapping[str, Any]) -> str:
    target = str(mount.get("target") or "")
    return target.rstrip("/") or "/"


def _octal(mode: Any) -> str:
    """`0444`, 292 and "0o444" are one mode; Compose prints an octal text."""
    if isinstance(mode, int):
        return f"{mode:o}"
    return str(mode).removeprefix("0o").lstrip("0") or "0"


def _number(value: Any) -> Any:
    try:
        return int(value)
    except (TypeError, ValueError):
        return value


def _frozen(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, Mapping):
        return tuple(sorted((str(key), _frozen(item)) for key, item in value.items()))
    return value
