"""What parity knows of the programs that keep a stack's data."""

from parity.state.engines.registry import recognised

__all__ = ("recognised",)
