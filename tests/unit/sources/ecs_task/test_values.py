"""Numbers, flags and sizes, in all the forms that ECS takes."""

import pytest

from parity.errors import DefinitionError
from parity.sources.ecs_task import values
from parity.sources.ledger import Ledger


def node(value):
    return Ledger({"a": value}).root.at("a")


@pytest.mark.parametrize(
    ("value", "found"),
    [(5, 5), ("5", 5), (5.0, 5), (None, None), ("", None), ("${secret:X}", None), (0, 0)],
)
def test_numbers(value, found):
    assert values.number(node(value)) == found


@pytest.mark.parametrize("value", ["x", [], True, 1.5, "1 2"])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(DefinitionError, match="whole number"):
        values.number(node(value))


@pytest.mark.parametrize(
    ("value", "found"), [(True, True), ("true", True), ("False", False), (None, False)]
)
def test_flags(value, found):
    assert values.flag(node(value)) is found


def test_an_absent_flag_has_its_default():
    assert values.flag(node(None), default=True) is True
    with pytest.raises(DefinitionError, match="true or false"):
        values.flag(node("perhaps"))


@pytest.mark.parametrize(
    ("value", "found"), [("a", "a"), (5, "5"), (True, "true"), (1.5, "1.5"), (None, "")]
)
def test_texts(value, found):
    assert values.text(node(value)) == found


@pytest.mark.parametrize(
    ("value", "found"), [("1024", 1.0), (256, 0.25), ("1 vCPU", 1.0), (".5 vcpu", 0.5), (0, None), (None, None)]
)  # fmt: skip
def test_processors(value, found):
    assert values.cpus(node(value)) == found


@pytest.mark.parametrize(
    ("value", "found"), [("512", 512), (512, 512), ("3 GB", 3072), ("0.5gb", 512), ("1MB", 1), (None, None)]
)  # fmt: skip
def test_memory(value, found):
    assert values.mebibytes(node(value)) == found


def test_as_compose_prints_them():
    assert values.size(2) == "2097152"
    assert [values.duration(n) for n in (0, 5, 90, 3600, 3725)] == [
        "0s",
        "5s",
        "1m30s",
        "1h0m0s",
        "1h2m5s",
    ]
