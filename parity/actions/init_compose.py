"""What `parity init` sees in Compose files itself: what is built, which profiles there are, what is missing."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parity.actions.init_variables import head

_NEVER = re.compile(r"none|never|off|disabled|manual|donotstart|do-not-start", re.IGNORECASE)
_ENVIRONMENTS = {"prod": "prod", "staging": "stag", "dev": "dev"}
_USUAL = ("default", "all", "full", "main")
_KINDS = ("secrets", "configs")


@dataclass
class Merged:
    """Files merged as far as it matters here; what cannot be read counts for nothing."""

    services: dict[str, dict[str, Any]] = field(default_factory=dict)
    declared: dict[str, set[str]] = field(default_factory=lambda: {kind: set() for kind in _KINDS})
    includes: bool = False

    @property
    def profiles(self) -> list[str]:
        """Profiles of the services, most used first."""
        count: dict[str, int] = {}
        for service in self.services.values():
            for name in service["profiles"]:
                count[name] = count.get(name, 0) + 1
        return sorted(count, key=lambda name: (-count[name], name))


def merged(files: Iterable[Path]) -> Merged:
    """The files in their order, by what a service is made of."""
    whole = Merged()
    for file in files:
        tree = _tree(file)
        whole.includes |= "include" in tree
        for kind in _KINDS:
            whole.declared[kind] |= set(map(str, _mapping(tree.get(kind))))
        for name, service in _mapping(tree.get("services")).items():
            _merge(whole.services.setdefault(str(name), _nothing()), _mapping(service))
    return whole


def stands_alone(file: Path) -> bool:
    """Whether every service of a file has an image or build of its own."""
    services = merged([file]).services
    return bool(services) and all(service["source"] for service in services.values())


def is_whole(files: Iterable[Path]) -> bool:
    """Whether the files are a definition without others: each service is made of something, and each
    secret and configuration that a service has is declared.
    """
    found = merged(files)
    return found.includes or all(
        service["source"] and all(service[kind] <= found.declared[kind] for kind in _KINDS)
        for service in found.services.values()
    )


def of_nothing(files: Iterable[Path]) -> tuple[str, ...]:
    """Services that nothing gives an image: Docker Compose refuses a definition that has some."""
    found = merged(files)
    if found.includes:
        return ()
    return tuple(name for name, service in found.services.items() if not service["source"])


def profiles(files: Iterable[Path], environment: str) -> tuple[str, ...]:
    """The profile without which nothing would run; none where services run without one."""
    found = merged(files)
    if not found.services or not all(service["profiles"] for service in found.services.values()):
        return ()
    names = [name for name in found.profiles if not _NEVER.fullmatch(name)] or found.profiles
    word = _ENVIRONMENTS.get(environment, environment)
    named = [name for name in names if name.lower().startswith(word)]
    usual = [name for name in _USUAL if name in names]
    return (*usual, *named, *names)[:1] if environment != "prod" else (*named, *usual, *names)[:1]


def builds(files: Sequence[Path], active: Sequence[str] = ()) -> tuple[str, ...]:
    """Services whose image no registry has: they have a `build:`, and no image or one of a local name."""
    return tuple(
        name
        for name, service in merged(files).services.items()
        if service["build"]
        and _is_local(service["image"])
        and (not service["profiles"] or service["profiles"] & set(active))
    )


def _is_local(image: str) -> bool:
    text = re.sub(r"\$\{\w+:?-([^${}]*)\}", r"\1", image)
    return not text.startswith("$") and "/" not in text.partition(":")[0]


def _nothing() -> dict[str, Any]:
    empty: dict[str, Any] = {"source": False, "build": False, "image": "", "profiles": set()}
    return empty | {kind: set() for kind in _KINDS}


def _merge(into: dict[str, Any], service: Mapping[str, Any]) -> None:
    into["source"] |= any(key in service for key in ("image", "build", "extends", "provider"))
    into["build"] |= "build" in service
    into["image"] = str(service.get("image") or into["image"])
    into["profiles"] |= set(map(str, _list(service.get("profiles"))))
    for kind in _KINDS:
        into[kind] |= {
            str(each.get("source") if isinstance(each, dict) else each)
            for each in _list(service.get(kind))
        }


def _mapping(value: object) -> Mapping[Any, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _tree(file: Path) -> Mapping[Any, Any]:
    import yaml

    class Tolerant(yaml.SafeLoader):
        """Takes `!reset` and `!override` for what stands behind them."""

    Tolerant.add_multi_constructor("", _untagged)
    try:
        return _mapping(yaml.load(head(file), Tolerant))  # noqa: S506
    except (ValueError, yaml.YAMLError, RecursionError, TypeError):
        return {}


def _untagged(loader: Any, suffix: str, node: Any) -> Any:
    del suffix
    if node.id == "mapping":
        return loader.construct_mapping(node, deep=True)
    return (
        loader.construct_sequence(node, deep=True)
        if node.id == "sequence"
        else (loader.construct_scalar(node))
    )
