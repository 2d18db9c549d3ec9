import pytest

from parity.rules._numbers import whole


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("12", 12), (" 7 ", 7), ("007", 7)])
def test_whole_numbers(text, number):
    assert whole(text) == number


@pytest.mark.parametrize(
    "text", ["", "-1", "1.5", "²", "９", "1e3", "9" * 5000, None, 5, "a", "1 2"]
)
def test_what_is_none_or_no_settings(text):
    assert whole(text) is None
