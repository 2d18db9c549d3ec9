"""CloudFormation's functions: what they give where that is known before anything is deployed.

What is known only afterwards (`!GetAtt Redis.Port`) stands as a reference, `${secret:Redis.Port}`: a
value that exists where parity cannot look.
"""

import re
from collections.abc import Mapping
from typing import Any

from parity.model.document import ABSENT, Path
from parity.model.reference import reference

_NAMES = frozenset({"Ref", "Condition"})
_VARIABLE = re.compile(r"\$\{(!?)([^}]*)\}")
_DYNAMIC = re.compile(r"\{\{resolve:[a-z-]+:([^}]*)\}\}")


class Functions:
    """Resolves the functions of one template. `known` are pseudo parameters, by name."""

    def __init__(self, template: Mapping[str, Any], known: Mapping[str, str]) -> None:
        self.parameters = template.get("Parameters")
        self.known = known
        self.notes: dict[Path, str] = {}
        """What was assumed or is unknown, by the path of the value below where reading began."""

    def resolve(self, value: Any, path: Path = ()) -> Any:
        """A copy with every function in it replaced; ABSENT for `AWS::NoValue`."""
        if isinstance(value, list):
            rows = [self.resolve(item, (*path, index)) for index, item in enumerate(value)]
            return [row for row in rows if row is not ABSENT]
        if not isinstance(value, dict):
            return self._dynamic(value, path)
        if len(value) == 1:
            ((name, argument),) = value.items()
            short = str(name).removeprefix("Fn::")
            if name in _NAMES or name != short or short in _FUNCTIONS:
                return self._call(short, argument, path)
        pairs = ((key, self.resolve(item, (*path, key))) for key, item in value.items())
        return {key: item for key, item in pairs if item is not ABSENT}

    def _call(self, name: str, argument: Any, path: Path) -> Any:
        if name == "Ref" and isinstance(argument, str):
            return self._ref(argument, path)
        if name == "Sub":
            return self._sub(argument, path)
        if name == "Join" and isinstance(argument, list) and len(argument) == 2:  # noqa: PLR2004
            parts = self.resolve(argument[1], path)
            if isinstance(parts, list):
                return str(argument[0]).join(map(_text, parts))
        if name == "If" and isinstance(argument, list) and len(argument) == 3:  # noqa: PLR2004
            self.notes[path] = (
                f"it depends on the condition {argument[0]}; its first value was taken"
            )
            return self.resolve(argument[1], path)
        if name == "GetAtt":
            parts = argument if isinstance(argument, list) else [argument]
            return self._unknown(".".join(map(_text, parts)), path)
        return self._unknown(f"{name} {_first(argument)}", path)

    def _ref(self, name: str, path: Path) -> Any:
        if name == "AWS::NoValue":
            return ABSENT
        if name in self.known:
            return self.known[name]
        parameter = self.parameters.get(name) if isinstance(self.parameters, dict) else None
        if isinstance(parameter, dict) and "Default" in parameter:
            hidden = _text(parameter.get("NoEcho", "")) == "true"
            default = parameter["Default"]
            if not hidden and isinstance(default, str | int | float | bool):
                self.notes[path] = (
                    f"the default of the parameter {name}; what is deployed may have another"
                )
                return default
        return self._unknown(name, path)

    def _sub(self, argument: Any, path: Path) -> Any:
        text, given = argument, {}
        if isinstance(argument, list) and len(argument) == 2:  # noqa: PLR2004
            text, given = argument
        if not isinstance(text, str):
            return self._unknown("Sub", path)
        values = self.resolve(given, path) if isinstance(given, dict) else {}

        def insert(match: re.Match[str]) -> str:
            if match[1]:
                return f"${{{match[2]}}}"
            if match[2] in values:
                return _text(values[match[2]])
            found = self._ref(match[2].strip(), path)
            return "" if found is ABSENT else _text(found)

        return _VARIABLE.sub(insert, text)

    def _dynamic(self, value: Any, path: Path) -> Any:
        """`{{resolve:secretsmanager:NAME:…}}` in a text."""
        if not isinstance(value, str) or "{{resolve:" not in value:
            return value
        return _DYNAMIC.sub(lambda match: self._unknown(match[1].partition(":")[0], path), value)

    def _unknown(self, name: str, path: Path) -> str:
        self.notes[path] = f"known only once it is deployed: {name}"
        return reference(name.replace("}", ""))


_FUNCTIONS = frozenset(
    {"Base64", "Cidr", "FindInMap", "GetAZs", "GetAtt", "If", "ImportValue", "Join", "Select",
     "Split", "Sub", "Transform"}
)  # fmt: skip


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _first(argument: Any) -> str:
    while isinstance(argument, list) and argument:
        argument = argument[0]
    return _text(argument) if isinstance(argument, str | int | float) else "…"
