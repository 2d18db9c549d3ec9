"""Commands: the value of an option is a secret as a whole item, or a part of one."""

import pytest

from parity.secrecy import lists


def found(items):
    return {i: [items[i][s:e] for s, e in spans] for i, spans in lists.spans(items).items()}


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (["x", "--password", "s3 cr3t"], {2: ["s3 cr3t"]}),
        (["redis-server", "--requirepass", "s3cr3t", "--port", "1"], {2: ["s3cr3t"]}),
        (["CMD", "curl", "-u", "a:s3cr3t", "http://x"], {3: ["s3cr3t"]}),
        (["CMD", "mysqladmin", "ping", "-ps3cr3t"], {3: ["s3cr3t"]}),
        (["sh", "-c", "x --token s3cr3t"], {2: ["s3cr3t"]}),
        (["x", "--password=s3cr3t"], {1: ["s3cr3t"]}),
        (["x", "--password", "$DB"], {}),
        (["x", "--password", "--port", "80"], {}),
        (["x", "--port", "80"], {}),
        (["redis-cli", "ping"], {}),
        ([], {}),
    ],
)
def test_spans(items, expected):
    assert found(items) == expected


@pytest.mark.parametrize(
    ("items", "expected"),
    [(["a", "b"], True), (["a"], False), (["a", 1], False), ([{}, "a"], False), ([], False)],
)
def test_words(items, expected):
    assert lists.are_words(items) is expected
