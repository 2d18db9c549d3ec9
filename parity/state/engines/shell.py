"""Shell scripts that run inside a container: how they find a password without showing it."""

from collections.abc import Mapping
from urllib.parse import quote

from parity.state.engines.contract import Command

_FIND = """\
found() {
  for name in "$@"; do
    eval "value=\\${$name:-} file=\\${${name}_FILE:-}"
    if [ -n "$value" ]; then printf '%s' "$value"; return; fi
    if [ -n "$file" ] && [ -r "$file" ]; then head -n 1 "$file"; return; fi
  done
}
"""


def script(text: str, environment: Mapping[str, str] | None = None) -> Command:
    """A command of a POSIX shell, in which `found NAME…` is the first such setting, or its file's."""
    return Command(("sh", "-c", _FIND + text), environment or {})


def setting(environment: Mapping[str, str], *names: str) -> str:
    """The first of some variables that is set."""
    return next((environment[name] for name in names if environment.get(name)), "")


def login(user: str, password: str) -> str:
    """`user:password@` of a URL, with what is known."""
    if not user and not password:
        return ""
    return f"{quote(user, safe='')}{':' if password else ''}{quote(password, safe='')}@"
