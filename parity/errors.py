"""The error tree. Each error says what happened, where, and what to do next.

ParityError
├── UsageError            2  wrong call, configuration or definition
│   ├── ConfigError       2  parity.toml
│   ├── DefinitionError   2  production's definition
│   ├── LockError         2  parity.lock
│   └── StateError        2  a start state or fork that is not there, or in use
├── FindingError          1  parity looked and what it found is not in order
│   ├── StackError        1  a service of the local stack failed
│   └── DamageError       1  a start state is not what was sealed
└── UnreachableError      3  engine, registry or source out of reach
    ├── EngineError       3
    └── RegistryError     3
"""


class ParityError(Exception):
    """An expected failure: printed as a sentence, never as a traceback."""

    exit_code = 4

    def __init__(
        self, message: str, *, next_step: str = "", where: str = "", detail: str = ""
    ) -> None:
        """`where` is `file:line` or a service; `detail` is evidence printed below the message."""
        super().__init__(message)
        self.message = message
        self.next_step = next_step
        self.where = where
        self.detail = detail


class UsageError(ParityError):
    """The user can mend it: a wrong option, file or value."""

    exit_code = 2


class ConfigError(UsageError):
    """parity.toml is missing or wrong."""


class DefinitionError(UsageError):
    """Production's definition is missing, malformed or asks for what cannot run locally."""


class LockError(UsageError):
    """parity.lock is missing where it is needed, or malformed."""


class StateError(UsageError):
    """A start state or fork that is not there, is in use, or cannot be made so."""


class FindingError(ParityError):
    """parity looked, and what it found is not in order."""

    exit_code = 1


class StackError(FindingError):
    """A service of the local stack did not come up."""


class DamageError(FindingError):
    """A start state or an artifact is not what was sealed."""


class UnreachableError(ParityError):
    """Something outside did not answer, so nothing can be said."""

    exit_code = 3


class EngineError(UnreachableError):
    """The Docker Engine is out of reach or refused."""


class RegistryError(UnreachableError):
    """A registry is out of reach or refused."""
