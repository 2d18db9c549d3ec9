"""Stand-ins for production's secrets: made once per stack, referred to by name.

They follow from the project's key and the secret's name, so that everybody with the key has the same: a
start state's database knows the passwords of whoever gets it.

Inside a document a secret is only ever the reference `${secret:NAME}`; values leave the vault for
0600 files alone.
"""

import hashlib
import hmac
import json
import re
import secrets as random
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from parity.errors import ConfigError
from parity.model.project import Characters, SecretTable
from parity.model.reference import REFERENCE, names_in, reference
from parity.paths import ensure_state, exclusive, write_if_changed

_SHORTEST_MASKED = 6
_BYTES = 8
"""Of the stream for each character: so many that every one of an alphabet is as likely."""
_PURPOSE = "parity stand-in 1"
_CLASSES = {"9": string.digits, "A": string.ascii_uppercase, "a": string.ascii_lowercase}
_ALPHABETS: Mapping[Characters, str] = {
    "alnum": string.ascii_letters + string.digits,
    "hex": "0123456789abcdef",
    "digits": string.digits,
    "base64": string.ascii_letters + string.digits + "+/",
    # No quotes, backslash, dollar or space: what survives env files, shells and URLs' authors.
    "printable": string.ascii_letters + string.digits + "!#%*+,-./:;<=>?@[]^_~",
}


def variable(name: str) -> str:
    """The interpolation variable that carries a secret into the resolved document."""
    return "PARITY_SECRET_" + re.sub(r"\W", lambda m: f"_{ord(m[0]):x}_", name)


@dataclass(frozen=True)
class Shape:
    """What a stand-in has in common with production's value: length and character classes.

    `pattern` holds one letter a character: `A`, `a`, `9`, or the punctuation itself; empty where
    only length and class are known.
    """

    length: int
    characters: Characters = "alnum"
    pattern: str = ""

    @classmethod
    def of(cls, value: str) -> "Shape":
        """The shape of a value."""
        return cls(len(value), "alnum", "".join(map(_class, value)))

    def make(self, seed: bytes = b"") -> str:
        """A value of this shape: the same for the same seed, without one a random one."""
        alphabets = [_CLASSES.get(kind, kind) for kind in self.pattern]
        alphabets = alphabets or [_ALPHABETS[self.characters]] * self.length
        count = len(alphabets) * _BYTES
        stream = hashlib.shake_256(seed).digest(count) if seed else random.token_bytes(count)
        return "".join(
            alphabet[int.from_bytes(stream[i * _BYTES : (i + 1) * _BYTES], "big") % len(alphabet)]
            for i, alphabet in enumerate(alphabets)
        )

    def written(self) -> str:
        """The shape as the vault's file notes it."""
        return self.pattern or f"{self.characters}:{self.length}"


class Vault:
    """The stand-ins of one stack. Values are made on first use and kept in `.parity/secrets.json`.

    `key` is the project's; without it they are random.
    """

    def __init__(
        self, file: Path, stack: str, declared: Mapping[str, SecretTable | str], key: str = ""
    ) -> None:
        self._file = file
        self._key = key
        self._stack = stack
        self._templates = {k: v for k, v in declared.items() if isinstance(v, str)}
        self._tables = {k: v for k, v in declared.items() if isinstance(v, SecretTable)}
        self._entries: dict[str, dict[str, str]] = _load(file).get(stack, {})
        self._check_templates()

    @property
    def declared(self) -> tuple[str, ...]:
        """Names that parity.toml declares."""
        return (*self._tables, *self._templates)

    def is_part(self, name: str) -> bool:
        """Whether a declared template is composed of it."""
        return any(name in names_in(template) for template in self._templates.values())

    def ensure(self, name: str, shape: Shape | None = None) -> str:
        """See to it that `name` has a value; returns the reference to it."""
        if name in self._templates:
            return self.expand(reference(name))
        table = self._tables.get(name)
        wanted = _shape(table) if table else shape
        entry = self._entries.get(name)
        if entry is None or (wanted and entry["shape"] != wanted.written()):
            wanted = wanted or _shape(SecretTable())
            value = wanted.make(self._seed(name, wanted))
            self._entries[name] = {"value": value, "shape": wanted.written()}
        return reference(name)

    def _seed(self, name: str, shape: Shape) -> bytes:
        parts = json.dumps([_PURPOSE, name, shape.written()]).encode()
        return hmac.digest(self._key.encode(), parts, "sha256") if self._key else b""

    def put(self, name: str, value: str, *, shape: str) -> str:
        """Keep a value that was made elsewhere (a certificate)."""
        self._entries[name] = {"value": value, "shape": shape}
        return reference(name)

    def has(self, name: str, *, shape: str) -> bool:
        """Whether a value of this shape is kept already."""
        return self._entries.get(name, {}).get("shape") == shape

    def expand(self, text: str) -> str:
        """Replace references to templates by what they are composed of, until only values remain."""
        while any(name in self._templates for name in names_in(text)):
            text = REFERENCE.sub(lambda m: self._templates.get(m[1], m[0]), text)
        for name in names_in(text):
            self.ensure(name)
        return text

    def reveal(self, text: str) -> str:
        """The text with the values in it. For 0600 files only."""
        return REFERENCE.sub(lambda m: self._entries[m[1]]["value"], self.expand(text))

    def mask(self, text: str) -> str:
        """The text with references in place of values: for what services say on the terminal."""
        entries = sorted(self._entries.items(), key=lambda item: -len(item[1]["value"]))
        for name, entry in entries:
            if len(entry["value"]) >= _SHORTEST_MASKED:
                text = text.replace(entry["value"], reference(name))
        return text

    def values(self, names: Iterable[str]) -> dict[str, str]:
        """Values by name."""
        return {name: self._entries[name]["value"] for name in names}

    def save(self) -> None:
        """Write the vault, keeping other stacks' entries."""
        ensure_state(self._file.parent)
        # The file is the worktree's: commands for its other stacks write it as well.
        with exclusive(self._file.with_suffix(".lock")):
            content = {**_load(self._file), self._stack: self._entries}
            text = json.dumps({"schema": 1, "stacks": content}, indent=1, sort_keys=True) + "\n"
            write_if_changed(self._file, text, mode=0o600)

    def _check_templates(self) -> None:
        for name in self._templates:
            seen, todo = {name}, [name]
            while todo:
                for inner in names_in(self._templates.get(todo.pop(), "")):
                    if inner == name:
                        raise ConfigError(
                            f"the secret `{name}` is composed of itself",
                            next_step="mend its template under [secrets] in parity.toml",
                        )
                    if inner not in seen:
                        seen.add(inner)
                        todo.append(inner)


def _shape(table: SecretTable) -> Shape:
    return Shape(table.length, table.characters)


def _load(file: Path) -> dict[str, dict[str, dict[str, str]]]:
    try:
        return {
            stack: {
                name: {"value": str(entry["value"]), "shape": str(entry["shape"])}
                for name, entry in entries.items()
            }
            for stack, entries in json.loads(file.read_text())["stacks"].items()
        }
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ConfigError(
            f"{file} is damaged",
            next_step="delete it; new stand-ins are made, so run `parity down --volumes` as well",
        ) from error


def _class(character: str) -> str:
    if character.isdigit():
        return "9"
    if character.isalpha():
        return "A" if character.isupper() else "a"
    return character if character in _ALPHABETS["printable"] else "-"
