"""One setting in every layer, for the terminal: what each side's layers say, what is in effect, and why."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from parity.diff import show
from parity.diff.layered import Explanation, Layered, State, Word
from parity.model.document import ABSENT
from parity.model.document import show as written
from parity.model.finding import Why
from parity.model.setting import Layer
from parity.report.contract import Options
from parity.report.layers import NAMES
from parity.report.paint import Paint
from parity.report.summary import FOLDED
from parity.report.text import columns, counted, listed, pad, place, shorten, visible, wrap

_NARROWEST: Final = 60
_LONGEST: Final = 300
_SHOWN: Final = 6
_LAYER: Final = max(len(layer) for layer in Layer)
_RELATIONS: Final = {
    "equal": "is equal in {both}",
    "differs": "differs between {both}",
    "unknown": "cannot be compared between {both}",
    "not-compared": "was not compared between {both}",
}


def write(told: Explanation, options: Options) -> str:
    """The whole output."""
    return "\n".join(_Text(told, options).lines()) + "\n"


def headline(told: Explanation) -> str:
    """The answer in one sentence."""
    both = " and ".join(visible(side.environment) for side in told.sides)
    relation = _RELATIONS[told.verdict.relation].format(both=both)
    joint = ", compared " if told.verdict.relation in ("equal", "differs") else ": "
    return f"{visible(told.setting)} {relation}{joint}{visible(told.verdict.how)}."


def layers_sentence(told: Explanation) -> str:
    """Which layers were read on both sides, and which were not."""
    read = [set(info.layers) for info in told.infos] or [set()]
    both = [layer for layer in Layer if all(layer in each for each in read)]
    missing = [layer for layer in Layer if layer not in both]
    text = f"Read on both sides: {listed([NAMES[layer] for layer in both])}."
    if missing:
        words = [NAMES[layer] for layer in missing]
        text += f" Not read on both: {listed(words)}."
    return text


def value_of(word: Word) -> str:
    """A layer's value in one line, with the way it is written where that is another."""
    text = show.value(word.path, word.value)
    raw = "" if word.written is ABSENT else show.value(("environment",), word.written)
    if raw and raw not in (text, str(word.value)) and word.path[:1] != ("environment",):
        text += f" (written {raw})"
    return text


def in_effect(side: Layered) -> str:
    """What is in effect on one side, in one line."""
    winner = side.winner
    return show.value(winner.path, side.value) if winner else side.default or "unset"


class _Text:
    def __init__(self, told: Explanation, options: Options) -> None:
        self._told, self._options = told, options
        self._width = max(options.width, _NARROWEST)
        self._paint = Paint(colour=options.colour)

    def lines(self) -> Iterator[str]:
        told = self._told
        yield from map(self._paint.strong, wrap(headline(told), self._width))
        yield from wrap(layers_sentence(told), self._width)
        for note in told.notes:
            yield from wrap(f"Note: {visible(note)}", self._width)
        for side, hue in zip(told.sides, (self._paint.left, self._paint.right), strict=True):
            yield ""
            yield from self._side(side, hue)
        yield ""
        yield from self._verdicts()

    def _side(self, side: Layered, hue: Callable[[str], str]) -> Iterator[str]:
        service = f": service {side.service}" if side.service else ""
        yield from map(hue, wrap(visible(side.environment + service), self._width))
        for word in side.words:
            yield from self._word(word)
        for word in side.beside:
            text = f"{written(word.path)}: {value_of(word)}"
            yield from self._indented(f"    {pad('beside it', _LAYER)}  ", visible(text), dim=True)
        if not side.service:
            yield "    has no such service"
            return
        first = f"  {pad('in effect', _LAYER + 2)}  "
        yield from self._indented(first, visible(in_effect(side)))
        yield from self._indented(" " * columns(first), visible(side.why), dim=True)

    def _word(self, word: Word) -> Iterator[str]:
        mark = ">" if word.wins else " "
        first = f"  {mark} {pad(word.layer, _LAYER)}  "
        if word.state is State.SAYS:
            text = visible(value_of(word))
            text = text if self._options.everything else shorten(text, _LONGEST)
            yield from self._indented(first, text)
            margin = " " * columns(first)
            yield from self._indented(margin, visible(where(word, self._options.root)), dim=True)
            return
        words = {
            State.SILENT: "says nothing",
            State.AS_GIVEN: "as it is given: process 1 has no other value",
            State.UNREAD: f"could not be read: {word.why}",
            State.NOT_READ: f"not read: {word.why}",
        }[word.state]
        yield from self._indented(first, visible(words), dim=True)

    def _verdicts(self) -> Iterator[str]:
        told = self._told
        if not told.findings and not told.folded:
            yield from wrap("No rule has anything to say of it.", self._width)
        for finding in told.findings[: None if self._options.everything else _SHOWN]:
            first = f"{finding.rule} ({finding.severity})  "
            yield from self._indented(first, visible(finding.message))
            if finding.fix:
                yield from self._indented("  fix: ", visible(finding.fix))
        for folded in told.folded[: None if self._options.everything else _SHOWN]:
            about = visible(folded.finding.setting)
            rule = f" ({folded.finding.rule})" if folded.finding.rule else ""
            text = f"{about}: {visible(folded.reason)}{rule}"
            yield from self._indented(f"Folded {_folded(folded.why)}: ", text)
        left_out = sum(max(0, len(each) - _SHOWN) for each in (told.findings, told.folded))
        if left_out and not self._options.everything:
            yield f"…and {counted(left_out, 'more')[:-1]}: --all"
        for each in told.not_checked:
            text = f"{each.rule} {each.name} could not look: {visible(each.reason)}"
            yield from self._indented("", text, dim=True)

    def _indented(self, first: str, text: str, *, dim: bool = False) -> Iterator[str]:
        margin = columns(first)
        for index, line in enumerate(wrap(text, self._width - margin) if text else ()):
            start = first if not index else " " * margin
            yield start + (self._paint.dim(line) if dim else line)


def where(word: Word, root: Path | None) -> str:
    """Who says it: file and line, an image, a container."""
    parts = [word.where, place(word.origin, root), written(word.path)]
    if word.layer is Layer.DECLARED:
        parts = parts[:2]
    return " · ".join(part for part in parts if part)


def _folded(why: Why) -> str:
    words = FOLDED[why]
    return words if why is not Why.EXPECTED else "as expected"
