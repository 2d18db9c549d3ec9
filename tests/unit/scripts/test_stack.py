"""The reference stack's addresses, and the commands shown to the user."""

from pathlib import Path

import pytest

from scripts.lib.stack import Address, Stack, curl, ports_in, public_name


@pytest.mark.parametrize(
    ("listing", "expected"),
    [
        ({"containers": [{"address": "127.0.0.1:8080, 127.0.0.1:8443"}]}, [8080, 8443]),
        ([{"ports": "127.0.0.1:8443->8443/tcp"}, {"url": "https://127.0.0.1:8443/"}], [8443]),
        ({"a": None, "b": 3, "c": "no address", "d": "10.0.0.1:80"}, []),
    ],
)
def test_ports_are_found_whatever_the_shape(listing, expected) -> None:
    assert ports_in(listing) == expected


def test_a_command_is_shown_as_it_is_typed_at_the_top() -> None:
    shown = Stack("other").shown("ps").split()
    assert shown[0].endswith("parity")
    assert shown[1:] == ["--project-directory", "stacks/shop", "--project-name", "other", "ps"]


def test_another_environment_is_named_on_the_command_line() -> None:
    assert Stack("x", "kubernetes").command("up")[-3:] == ["--environment", "kubernetes", "up"]
    assert "--environment" not in Stack("x").command("up")


def test_curl_verifies_where_there_is_an_authority() -> None:
    assert " -k " in curl(Address(8443, "shop.example", None))
    assert "--cacert" in curl(Address(8443, "shop.example", Path("/x/authority.pem")))


def test_the_reference_stack_has_a_public_name() -> None:
    assert public_name() == "shop.example"
