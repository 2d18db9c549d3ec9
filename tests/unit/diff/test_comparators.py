"""In words: how two values were compared."""

import pytest

from parity.diff.comparators import comparator
from parity.model.document import ABSENT
from parity.model.hidden import Hidden


@pytest.mark.parametrize(
    ("path", "left", "right", "words"),
    [
        (("environment", "A"), "1", "2", "byte for byte"),
        (("environment", "A"), "http://a/", "http://b/", "URLs"),
        (("environment", "A"), Hidden("hex", 8), "x", "as secrets"),
        (("deploy", "resources", "limits", "memory"), 1, 2, "in bytes"),
        (("healthcheck", "interval"), 1.0, 2.0, "in seconds"),
        (("deploy", "replicas"), 1, 2, "as numbers"),
        (("cap_add",), ("a",), ("b",), "as a set"),
        (("command",), ("a",), ("b",), "word by word"),
        (("restart",), "always", "no", "unless-stopped"),
        (("healthcheck",), {"a": 1}, {"a": 2}, "setting by setting"),
        (("user",), "a", "b", "as text"),
        (("user",), "a", ABSENT, "by the default"),
        (("user",), ABSENT, ABSENT, "unset on both sides"),
    ],
)
def test_words(path, left, right, words):
    assert words in comparator(path, left, right)
