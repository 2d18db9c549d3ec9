"""References to secrets: written, and found in texts again."""

import pytest

from parity.model.reference import REFERENCE, names_in, reference


def test_a_reference_is_found_again():
    text = f"postgres://app:{reference('db')}@host/{reference('a.b/c')}"
    assert names_in(text) == ("db", "a.b/c")
    assert REFERENCE.sub("x", text) == "postgres://app:x@host/x"


@pytest.mark.parametrize(
    "text", ["", "${db}", "$secret:db", "${secret:}", "{secret:db}", "${SECRET:db}"]
)
def test_what_is_no_reference_names_nothing(text):
    assert names_in(text) == ()
