"""What the tables of cases do not show: owners and modes that are none."""

import pytest

from parity.rules.files_access import _may_write


@pytest.mark.parametrize(
    ("owner", "mode", "user", "may"),
    [
        ("1001:1001", "0755", (1001, 0), True), ("1001:1001", "0755", (5, 1001), False),
        ("1001:0", "0775", (5, 0), True), ("1001:0", "0777", (5, 5), True), ("0:0", "0000", (0, 0), True),
        ("0:0", "0766", (5, 5), False), ("none", "0700", (5, 5), True), ("1:1", "rwx", (5, 5), True),
        ("", "", (5, 5), True),
    ],
)  # fmt: skip
def test_who_may_write(owner, mode, user, may):
    assert _may_write(owner, mode, user) is may
