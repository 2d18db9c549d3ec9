"""How the lines of keys end."""

import pytest

from parity.rules.environment_lines import _ends
from parity.secrecy import shape

KEY = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADAN\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    ("value", "ends"),
    [
        (KEY, "really"),
        (KEY.replace("\n", "\\n"), "as \\n"),
        (KEY.replace("\n", "\\\\n"), "as \\\\n"),
        (KEY.replace("\n", "\r\n"), "really"),
    ],
)
def test_keys_seen_and_hidden_end_alike(value, ends):
    assert _ends(value) == ends
    assert _ends(shape.hidden(value)) == ends


@pytest.mark.parametrize("value", ["a\\nb", "", shape.hidden("hunter2\\nhunter2")])
def test_what_is_no_key_has_none(value):
    assert _ends(value) is None
