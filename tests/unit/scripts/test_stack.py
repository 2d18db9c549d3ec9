"""Addresses in whatever parity prints."""

import pytest

from scripts.lib.stack import addresses_in


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ([{"services": [{"urls": ["https://127.0.0.1:8443/"]}]}], ["https://127.0.0.1:8443"]),
        ([{"ports": "127.0.0.1:8443->8443/tcp"}], ["127.0.0.1:8443"]),
        ({"host_ip": "127.0.0.1", "published": "8080"}, ["127.0.0.1:8080"]),
        ({"a": None, "b": 3, "c": "no address"}, []),
    ],
)
def test_addresses_are_found_whatever_the_shape(document, expected) -> None:
    assert addresses_in(document) == expected
