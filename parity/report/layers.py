"""What was read, and what therefore cannot be known: a clean result is a clean result of its layers."""

from collections.abc import Iterable
from typing import Final

from parity.model.finding import Report
from parity.model.setting import Layer
from parity.report.text import listed

# Of the 254 documented incidents the rules were made from, the share in percent whose cause shows in
# these layers. Cumulative: each row needs all the rows before it.
STEPS: Final = (
    (frozenset({Layer.DECLARED}), 38),
    (frozenset({Layer.IMAGE}), 51),
    (frozenset({Layer.RUNNING}), 62),
    (frozenset({Layer.DATABASE}), 77),
    (frozenset({Layer.HOST}), 84),
    (frozenset({Layer.FILESYSTEM}), 98),
)
NAMES: Final = {
    Layer.DECLARED: "definitions",
    Layer.IMAGE: "image configs",
    Layer.FILESYSTEM: "files inside images",
    Layer.RUNNING: "running containers",
    Layer.DATABASE: "databases' settings",
    Layer.HOST: "hosts",
}


def read(report: Report) -> tuple[Layer, ...]:
    """The layers that were read on both sides, cheapest first."""
    both = set(report.left.layers) & set(report.right.layers)
    return tuple(layer for layer in Layer if layer in both)


def unread(report: Report) -> tuple[Layer, ...]:
    """The layers that at least one side lacks."""
    return tuple(layer for layer in Layer if layer not in read(report))


def share(layers: Iterable[Layer]) -> int:
    """The percentage of documented incidents that can be seen in these layers; 0 for none."""
    known, percent = set(layers), 0
    for needed, value in STEPS:
        if not needed <= known:
            break
        percent = value
    return percent


def names(layers: Iterable[Layer]) -> str:
    """The layers in words."""
    return listed([NAMES[layer] for layer in layers])


def sentence(report: Report) -> str:
    """What was read and what that cannot show."""
    layers, missing = read(report), unread(report)
    if not layers:
        return "No layer was read on both sides, so nothing can be said."
    text = f"Read on both sides: {names(layers)}."
    if share(layers):
        text += f" {share(layers)} % of documented incidents can be seen there"
    if not missing:
        return text + "."
    text += "; not" if share(layers) else " Not"
    maybe = "" if report.findings else ", so possibly different"
    return f"{text} looked at{maybe}: {names(missing)}."
