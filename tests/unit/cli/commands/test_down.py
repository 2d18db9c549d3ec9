"""The sentence about forks that stay."""

from parity.cli.commands.down import _staying


def test_forks_that_stay_are_named_with_the_command_that_ends_them():
    assert _staying(("a",)) == "1 fork of it stays: `parity down --fork a`"
    assert _staying(("a", "b")) == "2 forks of it stay: `parity down --fork a --fork b`"
