"""Colours that can be read on dark and on light terminals: weight, the eight basic hues, no background."""

from typing import Final

from parity.model.finding import Severity

HUES: Final = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}


class Paint:
    """Wraps text in ANSI codes, or leaves it alone where no colour was asked for."""

    def __init__(self, *, colour: bool) -> None:
        self._colour = colour

    def _with(self, code: str, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour and text else text

    def strong(self, text: str) -> str:
        """What is read first."""
        return self._with("1", text)

    def dim(self, text: str) -> str:
        """What is read last."""
        return self._with("2", text)

    def severity(self, severity: Severity, text: str) -> str:
        """In the hue of a severity."""
        return self._with(f"{HUES[severity]};1", text)

    def left(self, text: str) -> str:
        """The left side's name."""
        return self._with("35", text)

    def right(self, text: str) -> str:
        """The right side's name."""
        return self._with("36", text)

    def good(self, text: str) -> str:
        """What helps."""
        return self._with("32", text)
