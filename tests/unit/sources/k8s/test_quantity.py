from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.errors import DefinitionError
from parity.sources.k8s.quantity import cpus, plain, quantity, whole
from parity.sources.ledger import Ledger


def node(value):
    return Ledger({"q": value}).root.at("q")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("512Mi", 512 * 1024**2),
        ("1Gi", 1024**3),
        ("1G", 10**9),
        ("128974848m", 128975),
        ("1e3", 1000),
        ("1E3", 1000),
        ("1E", 10**18),
        ("0.5Ki", 512),
        (".5k", 500),
        ("5.", 5),
        (7, 7),
        (1.5, 2),
        ("0", 0),
    ],
)
def test_sizes_are_bytes_rounded_up(text, number):
    assert whole(node(text)) == number


@pytest.mark.parametrize(
    ("text", "number"), [("500m", 0.5), ("2", 2), (1, 1), ("0.1", 0.1), ("1u", 0.001), (0.25, 0.25)]
)
def test_cpus_are_as_compose_prints_them(text, number):
    found = cpus(node(text))
    assert (found, type(found)) == (number, type(number))


@pytest.mark.parametrize(
    "text", ["", "x", "1Q", "1 Gi", "--1", True, None, [1], "1e999", "9" * 99, "1MiB", "٣"]
)
def test_what_is_no_quantity_is_refused(text):
    with pytest.raises(DefinitionError, match="quantity"):
        quantity(node(text))


@given(st.integers(0, 10**12), st.sampled_from(["", "k", "M", "Ki", "Mi"]))
def test_units_multiply(number, unit):
    factor = {"": 1, "k": 1000, "M": 10**6, "Ki": 1024, "Mi": 1024**2}[unit]
    assert whole(node(f"{number}{unit}")) == number * factor


def test_whole_numbers_are_plain_integers():
    assert (plain(Decimal("2.0")), plain(Decimal("0.5"))) == (2, 0.5)
