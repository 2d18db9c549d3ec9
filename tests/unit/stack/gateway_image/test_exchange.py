"""What an exchange is made of; whole ones are in the tests of the ingress and of named ports."""

import pytest

from parity.stack.gateway_image.gateway.exchange import stays_open, unchanged
from parity.stack.gateway_image.gateway.http1 import Head


@pytest.mark.parametrize(
    ("start", "fields", "stays"),
    [
        (b"GET / HTTP/1.1", (), True),
        (b"GET / HTTP/1.1", ((b"Connection", b"a, Close"),), False),
        (b"GET / HTTP/1.0", (), False),
    ],
)
def test_a_connection_stays_as_its_client_says(start, fields, stays):
    """As HTTP/1.1 has it."""
    assert stays_open(Head(start, fields)) is stays


def test_an_answer_is_passed_on_as_it_is():
    """Unless somebody rewrites it."""
    head = Head(b"HTTP/1.1 200 OK")
    assert unchanged(head) is head
