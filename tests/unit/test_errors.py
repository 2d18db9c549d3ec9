"""The error tree: exit codes are a promise to scripts."""

import pytest

from parity import errors


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError, 2),
        (errors.ConfigError, 2),
        (errors.DefinitionError, 2),
        (errors.LockError, 2),
        (errors.FindingError, 1),
        (errors.StackError, 1),
        (errors.UnreachableError, 3),
        (errors.EngineError, 3),
        (errors.RegistryError, 3),
        (errors.ParityError, 4),
    ],
)
def test_each_error_has_its_exit_code(error, code):
    found = error("what", next_step="do", where="here", detail="evidence")
    assert isinstance(found, errors.ParityError)
    assert found.exit_code == code
    assert (str(found), found.next_step, found.where, found.detail) == (
        "what", "do", "here", "evidence",
    )  # fmt: skip


def test_the_tree_in_the_docstring_is_the_tree():
    for name, value in vars(errors).items():
        if isinstance(value, type) and value.__module__ == errors.__name__:
            assert name in errors.__doc__
