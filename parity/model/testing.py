"""A run of tests on forks, as the plugin writes it down: frozen records, no pytest."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

FORMAT = 1

OUTCOMES = ("failed", "error", "passed", "skipped", "xfailed", "xpassed")
"""In the order in which people want to see them."""


@dataclass(frozen=True)
class Case:
    """One test. Durations are seconds by phase (setup, call, teardown).

    `sections` are a title and text each: captured output, logs of services around a failure.
    `properties` are the JUnit ones, those of its fork among them.
    """

    name: str
    outcome: str
    started: float
    """Seconds since the epoch."""
    durations: Mapping[str, float] = field(default_factory=dict)
    text: str = ""
    """What pytest says of a failure, or the reason of a skip."""
    sections: tuple[tuple[str, str], ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    worker: str = ""

    @property
    def seconds(self) -> float:
        """All phases."""
        return sum(self.durations.values())

    @property
    def bad(self) -> bool:
        """Whether it failed, or could not run."""
        return self.outcome in ("failed", "error")

    def told(self, name: str) -> str:
        """A property's last value; empty where it has none of that name."""
        return next((value for key, value in reversed(self.properties) if key == name), "")


@dataclass(frozen=True)
class TestRun:
    """All tests of one run. `doubts` speak against the states having been what they were sealed as."""

    __test__ = False

    cases: tuple[Case, ...]
    exit_code: int
    seconds: float
    interrupted: bool = False
    doubts: tuple[str, ...] = ()
    errors: tuple[tuple[str, str], ...] = ()
    """Files that could not be collected, and why."""

    def count(self, outcome: str) -> int:
        """Number of tests with an outcome."""
        return sum(case.outcome == outcome for case in self.cases)

    @property
    def on_forks(self) -> tuple[Case, ...]:
        """The tests that had a fork."""
        return tuple(case for case in self.cases if case.told("parity.fork"))

    @property
    def proved(self) -> int:
        """Number of tests that were seen to begin from their state."""
        return sum(case.told("parity.began") == "proved" for case in self.cases)

    def masked(self, mask: Callable[[str], str]) -> "TestRun":
        """The run with `mask` over everything that tests and services have said."""
        cases = tuple(
            replace(
                case,
                text=mask(case.text),
                sections=tuple((title, mask(text)) for title, text in case.sections),
            )
            for case in self.cases
        )
        return replace(
            self, cases=cases, errors=tuple((name, mask(text)) for name, text in self.errors)
        )

    def to_json(self) -> str:
        """The record as the plugin writes it."""
        return json.dumps({"format": FORMAT, **asdict(self)})

    @classmethod
    def from_json(cls, text: str) -> "TestRun":
        """Read it; ValueError for what is no such record."""
        read: dict[str, Any] = json.loads(text)
        if not isinstance(read, dict) or read.pop("format", None) != FORMAT:
            raise ValueError("a record of another version of parity's plugin")
        try:
            read["cases"] = tuple(_case(row) for row in read["cases"])
            read["doubts"] = tuple(read["doubts"])
            read["errors"] = tuple((str(name), str(text)) for name, text in read["errors"])
            return cls(**read)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a record of tests: {error}") from error


def _case(row: Mapping[str, Any]) -> Case:
    pairs = {
        key: tuple((str(name), str(value)) for name, value in row[key])
        for key in ("sections", "properties")
    }
    return Case(**{**row, **pairs})
