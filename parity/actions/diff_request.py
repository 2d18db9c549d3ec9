"""What a comparison is asked for, and which two environments are meant; imports nothing heavy."""

from collections.abc import Sequence
from dataclasses import dataclass

from parity.actions.session import local_environment
from parity.errors import UsageError
from parity.model.project import Project
from parity.model.setting import Layer

LOCAL = "local"
"""What `parity up` runs here; an environment of that name in parity.toml comes first."""


@dataclass(frozen=True)
class DiffRequest:
    """What to compare and how. Empty sides: those of [check], else the obvious two."""

    left: str = ""
    right: str = ""
    symptom: str = ""
    services: frozenset[str] = frozenset()
    layers: frozenset[Layer] = frozenset()
    """Findings of these alone; all where empty."""
    read: frozenset[Layer] = frozenset()
    """Layers to read beside the definitions."""


def sides(project: Project, request: DiffRequest) -> tuple[str, str]:
    """The two environments to compare: those asked for, those of [check], or local and production."""
    if request.left and request.right:
        return request.left, request.right
    if request.left:
        return request.left, _production(project)
    if project.check.compare:
        return _two(project.check.compare)
    right = _production(project)
    others = [name for name in project.environments if name != right]
    return (others[0] if len(others) == 1 else LOCAL), right


def compared(project: Project, request: DiffRequest) -> tuple[str, str] | None:
    """The two sides a check compares, or None where the only other side is the local stack: looking
    at that takes an engine, and it is production's by construction.
    """
    left, right = sides(project, request)
    if is_local(project, request.left) or is_local(project, request.right):
        raise UsageError(
            "a check does not look at the local stack: it needs an engine",
            next_step=f"`parity diff {left} {right}` compares it; name two definitions to check them",
        )
    return None if is_local(project, left) or is_local(project, right) else (left, right)


def is_usual(project: Project, request: DiffRequest) -> bool:
    """Whether the two sides are those that are compared when nobody names any: waivers are for them."""
    if not request.left and not request.right:
        return True
    try:
        return sides(project, request) == sides(project, DiffRequest())
    except UsageError:
        return False  # definitions without a project, or without a production


def is_local(project: Project, name: str) -> bool:
    """Whether the local stack is meant."""
    return name == LOCAL and LOCAL not in project.environments


def _production(project: Project) -> str:
    if project.environments:
        return local_environment(project)
    raise UsageError(
        "nothing says what to compare: no parity.toml here names an environment",
        next_step="run `parity init` to write one, or name two definitions: "
        "`parity diff compose.yaml k8s`",
    )


def _two(names: Sequence[str]) -> tuple[str, str]:
    if len(names) != 2:  # noqa: PLR2004
        raise UsageError(
            f"`check.compare` names {len(names)} environments",
            where="parity.toml: check.compare",
            next_step='name two: compare = ["dev", "prod"]',
        )
    return names[0], names[1]
