"""What a probe of a database server is: one module, found by walking this package.

`ENGINES: tuple[str, ...]`
    The servers it knows, by the names that parity/state/engines has for them.
`def questions(answers: Answers, login: Login) -> Sequence[Question]`
    All that is asked, as far as it is known from what was answered already. It is called until nothing
    new comes, three times at most.
`def read(answers: Answers, login: Login) -> Facts`
    What the answers say. Never raises for what a server may answer: it is whatever somebody put there,
    and it may not be a database at all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from parity.model.facts import Facts

Rows = Sequence[Sequence[Any]]
"""Of texts, numbers, booleans and nothing. What is no table is one row of one text."""
Answers = Mapping[str, Rows | str]
"""By the question's name; a text says why there is none."""
ROUNDS = 3
LIMIT = "?"


@dataclass(frozen=True)
class Question:
    """One thing to ask. The first word of `name` is the fact below `database` that is unread without an
    answer; with LIMIT before it the statement only bounds the ones after it, and may fail.
    """

    name: str
    ask: str | tuple[str, ...]
    """A statement of SQL, or the words of a command."""
    most: int = 1000
    """Rows; more of them are no answer."""


@dataclass(frozen=True)
class Login:
    """A connection as an application describes it. `password` is a secret: never shown."""

    engine: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    database: str = ""
    options: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What the URL says behind its question mark."""
    encrypted: bool = False
    """Whether the scheme asks for TLS."""
    service: str = ""
    """Whose connection it is."""
    whose: str = ""
    """The same with the setting: `web.environment.DATABASE_URL`."""


class ServerProbe(Protocol):
    """The contract, for the type checker."""

    ENGINES: tuple[str, ...]

    def questions(self, answers: Answers, login: Login) -> Sequence[Question]:
        """What is asked."""

    def read(self, answers: Answers, login: Login) -> Facts:
        """What the answers say."""
