"""What must hold in [states] of parity.toml beyond the types of its values."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from parity.config.positions import line_of
from parity.errors import ConfigError, UsageError
from parity.model.project import DeclaredTable, Project, StepTable


def check_states(project: Project, *, text: str, file: Path) -> None:
    """ConfigError for the first thing that is wrong, with its line."""
    for place, message, remedy in _problems(project.states):
        raise ConfigError(
            message, where=f"{file}:{line_of(text, ('states', *place))}", next_step=remedy
        )


_Problem = tuple[tuple[str | int, ...], str, str]
"""Where below [states], what is wrong, and what to do."""


def _problems(states: Mapping[str, DeclaredTable]) -> Iterator[_Problem]:
    from parity.state.names import check

    for name, table in states.items():
        try:
            check(name)
        except UsageError as error:
            yield (name,), error.message, error.next_step
        for number, step in enumerate(table.steps):
            place = (name, "steps", number)
            yield from ((place, *found) for found in _step(name, number + 1, step))
        cycle = _cycle(name, states)
        if cycle:
            yield (
                (name, "begin"),
                f"states begin with each other: {' -> '.join(cycle)}",
                "one of them has to begin with empty volumes, or with a saved state",
            )


def _step(name: str, number: int, step: StepTable) -> Iterator[tuple[str, str]]:
    what = f"step {number} of the state `{name}`"
    if bool(step.exec) == bool(step.run):
        both = "both `exec` and `run`" if step.exec else "neither `exec` nor `run`"
        yield f"{what} has {both}", "`exec` runs in a container of `service`, `run` on this machine"
    elif step.exec and not step.service:
        yield (
            f"{what} has no `service` to run in",
            'service = "…": one of the definition that runs',
        )
    elif step.run and step.service:
        yield f"{what} has a `service`, but runs here", "leave `service` out, or use `exec`"


def _cycle(name: str, states: Mapping[str, DeclaredTable]) -> tuple[str, ...]:
    """The way from a state back to itself; empty where it ends somewhere."""
    seen = [name]
    while True:
        begin = states[seen[-1]].begin
        if begin not in states:
            return ()
        if begin in seen:
            return (*seen, begin)
        seen.append(begin)
