"""Differences: settings whose two sides are not equal once normalised."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from parity.model.document import ABSENT, Path, show
from parity.model.setting import Layer


class Kind(StrEnum):
    """In what way the two sides differ."""

    ONLY_LEFT = "only-left"
    ONLY_RIGHT = "only-right"
    TYPE = "type"
    """One side is a number, a boolean, a URL or a list, the other is not."""
    INVISIBLE = "invisible"
    """Equal to the eye: trailing space, carriage return, quotes, look-alike characters."""
    FORMAT = "format"
    """The same kind of thing written in another form: a scheme, a case, a unit, a number of parts."""
    VALUE = "value"
    SECRET = "secret"  # noqa: S105 - a kind
    """A secret of another shape or fingerprint."""


@dataclass(frozen=True)
class Part:
    """One component in which two compound values differ: of a URL, a command, a file, a set."""

    name: str
    left: Any
    right: Any


@dataclass(frozen=True)
class Difference:
    """One setting on two sides. Values are normalised; ABSENT where a side does not set it.

    `path` is below the service (`("environment", "TZ")`), or of the whole environment where `service`
    is empty. `left_default` and `right_default` say what is effective on the side that sets nothing.
    Secrets are `Hidden` on both sides: no difference ever holds a secret's value.
    """

    service: str
    path: Path
    kind: Kind
    left: Any = ABSENT
    right: Any = ABSENT
    left_default: str = ""
    right_default: str = ""
    parts: tuple[Part, ...] = ()
    layer: Layer = Layer.DECLARED
    left_service: str = ""
    """Name of the service on the left, where pairing joined two names; `service` is the right's."""

    @property
    def setting(self) -> str:
        """The written path: `services.web.environment.TZ`."""
        return show(("services", self.service, *self.path)) if self.service else show(self.path)
