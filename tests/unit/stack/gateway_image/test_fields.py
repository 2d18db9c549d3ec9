"""Checked reading of settings: what is wrong is named."""

import pytest

from parity.stack.gateway_image.gateway import fields
from parity.stack.gateway_image.gateway.fields import SettingsError


def test_items_are_read_one_by_one_and_a_missing_list_is_empty():
    """The usual case."""
    assert fields.each({"names": ["A.", "b"]}, "names", fields.name) == ("a", "b")
    assert fields.each({}, "names", fields.name) == ()


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"names": "a"}, "names must be a list"),
        ({"names": ["a", ""]}, r"names\[1\]: must be a name"),
        ({"names": [None]}, r"names\[0\]: must be a name"),
    ],
)
def test_what_is_wrong_in_a_list_is_told_with_its_place(document, said):
    """A reader of the message finds it."""
    with pytest.raises(SettingsError, match=said):
        fields.each(document, "names", fields.name)


@pytest.mark.parametrize("value", [0, 65536, "", "80a", None, True, 1.5, "-1"])
def test_no_port(value):
    """Neither a number out of range nor something that only looks like one."""
    with pytest.raises(SettingsError, match="port: not a port number"):
        fields.port_number(value, "port")


@pytest.mark.parametrize("value", [1, 65535, "80"])
def test_a_port_as_number_or_digits(value):
    """JSON has both."""
    assert fields.port_number(value, "port") == int(value)


def test_the_protocol_is_tcp_unless_udp_is_said():
    """And nothing else."""
    assert fields.protocol({}) == "tcp"
    assert fields.protocol({"protocol": "udp"}) == "udp"
    with pytest.raises(SettingsError, match="tcp or udp"):
        fields.protocol({"protocol": "sctp"})


def test_objects_and_texts_are_what_they_should_be():
    """An empty text is none."""
    assert fields.text({"a": "b"}, "a") == "b"
    for wrong in ({}, {"a": ""}, {"a": 1}):
        with pytest.raises(SettingsError, match="non-empty"):
            fields.text(wrong, "a")
    with pytest.raises(SettingsError, match="object"):
        fields.table([])
