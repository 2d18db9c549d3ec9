"""Zones that show UTC."""

import pytest

from parity.rules.running_locale import _is_utc


@pytest.mark.parametrize(
    ("zone", "utc"),
    [
        ("Europe/Budapest", False),
        (":Europe/London", False),
        ("Africa/Abidjan", True),
        ("UTC", True),
        ("No/Such", None),
        ("../../etc/passwd", None),
        ("", None),
        ("a\0b", None),
        ("x" * 5000, None),
    ],
)
def test_zones(zone, utc):
    assert _is_utc(zone) is utc
