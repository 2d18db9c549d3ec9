"""Names of states and forks."""

import pytest

from parity.errors import UsageError
from parity.state.names import check


@pytest.mark.parametrize("name", ["seeded", "v1.2-rc_3", "0", "a" * 48])
def test_good_names(name):
    assert check(name) == name


@pytest.mark.parametrize("name", ["", "A", "-x", "a/b", "..", "a b", "ä", "a" * 49, "a\n"])
def test_bad_names_are_refused_with_what_is_allowed(name):
    with pytest.raises(UsageError) as caught:
        check(name, "fork")
    assert "fork" in caught.value.message
    assert "48 characters" in caught.value.next_step
