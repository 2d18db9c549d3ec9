"""The one error these scripts raise on purpose: what happened, what to do next, exit code."""

from __future__ import annotations

USAGE = 2
UNREACHABLE = 3


class SetupError(Exception):
    """A step that cannot go on."""

    def __init__(
        self, what: str, *, next_step: str, detail: str = "", exit_code: int = UNREACHABLE
    ) -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step
        self.detail = detail
        self.exit_code = exit_code

    def render(self, program: str) -> str:
        """The message a user reads."""
        detail = "".join(f"    {line}\n" for line in self.detail.splitlines())
        return f"{program}: {self.what}\n{detail}Next: {self.next_step}\n"
