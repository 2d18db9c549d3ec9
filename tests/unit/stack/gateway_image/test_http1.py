"""HTTP/1 messages: heads, framing, and what is refused because two readers could differ."""

import asyncio

import pytest

from parity.stack.gateway_image.gateway.http1 import (
    MAX_HEAD,
    BadMessageError,
    Head,
    body_length,
    copy_body,
    read_head,
)


class Sink:
    """A writer that keeps what it is given."""

    def __init__(self):
        self.data = b""

    def write(self, data):
        self.data += data

    async def drain(self):
        pass


def reading(data, work):
    """Run `work` on a reader that has `data` and then ends."""

    async def scenario():
        reader = asyncio.StreamReader(limit=MAX_HEAD)
        reader.feed_data(data)
        reader.feed_eof()
        return await work(reader)

    return asyncio.run(scenario())


def head(*fields, start=b"GET / HTTP/1.1"):
    return Head(start, fields)


def test_a_head_is_read_and_written_back_as_it_was():
    """Case, order and repeated fields are kept."""
    text = b"GET /a HTTP/1.1\r\nHost: x\r\nX-A: 1\r\nx-a:  2 \r\n\r\n"
    found = reading(text, read_head)
    assert found.get(b"x-a") == b"1, 2"
    assert found.encode() == text.replace(b"x-a:  2 ", b"x-a: 2")


@pytest.mark.parametrize("data", [b"", b"\r\n"])
def test_an_end_before_a_head_is_no_error(data):
    """The client has enough."""
    assert reading(data, read_head) is None


@pytest.mark.parametrize(
    "text",
    [
        b"GET / HTTP/1.1\r\nHost",
        b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n",
        b"GET / HTTP/1.1\r\nnothing\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: a\nY: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: a\0\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: " + b"a" * (2 * MAX_HEAD) + b"\r\n\r\n",
    ],
    ids=["cut", "space", "folded", "no colon", "line feed", "nul", "long"],
)
def test_what_two_readers_could_take_differently_is_refused(text):
    """Requests must not hide in one another."""
    with pytest.raises(BadMessageError):
        reading(text, read_head)


def test_fields_are_replaced_whatever_their_case():
    """And an empty value takes one out."""
    changed = head((b"HOST", b"a"), (b"keep-alive", b"5")).having(
        (b"Host", b"b"), (b"Keep-Alive", b"")
    )
    assert changed.fields == ((b"Host", b"b"),)


def test_words_of_a_list_are_found():
    """`Connection` holds several."""
    assert head((b"Connection", b"keep-alive, Upgrade")).lists(b"connection", b"upgrade")
    assert not head((b"Connection", b"upgraded")).lists(b"connection", b"upgrade")


@pytest.mark.parametrize(
    ("fields", "request_", "response"),
    [
        ((), 0, None),
        (((b"Content-Length", b"5"),), 5, 5),
        (((b"Content-Length", b"5"), (b"Content-Length", b"5")), 5, 5),
        (((b"Transfer-Encoding", b"chunked"),), -1, -1),
        (((b"Transfer-Encoding", b"gzip, Chunked"), (b"Content-Length", b"9")), -1, -1),
    ],
)
def test_the_length_of_a_body(fields, request_, response):
    """A request without one has no body, a response lasts until the end."""
    assert body_length(head(*fields), response=False) == request_
    assert body_length(head(*fields), response=True) == response


@pytest.mark.parametrize(
    "fields",
    [
        ((b"Content-Length", b"5"), (b"Content-Length", b"6")),
        ((b"Content-Length", b"+5"),),
        ((b"Content-Length", b"5 5"),),
        ((b"Transfer-Encoding", b"chunked, gzip"),),
    ],
)
def test_a_request_whose_end_is_not_clear_is_refused(fields):
    """Else the rest would be read as the next request."""
    with pytest.raises(BadMessageError):
        body_length(head(*fields), response=False)


CHUNKS = b"3;x=1\r\nabc\r\n0\r\nTrailer: 1\r\n\r\n"


@pytest.mark.parametrize(
    ("length", "data", "copied"),
    [
        (3, b"abcdef", b"abc"),
        (0, b"abc", b""),
        (None, b"abc", b"abc"),
        (-1, CHUNKS + b"next", CHUNKS),
    ],
)
def test_a_body_is_copied_up_to_its_end(length, data, copied):
    """And not a byte of what follows."""
    sink = Sink()
    reading(data, lambda reader: copy_body(reader, sink, length))
    assert sink.data == copied


@pytest.mark.parametrize(
    ("length", "data"),
    [(5, b"abc"), (-1, b"3\r\nab"), (-1, b"zz\r\n"), (-1, b"3\r\nabc\r\n"), (-1, b"0\r\n")],
)
def test_a_body_that_ends_early_is_an_error(length, data):
    """The other side must not take it for whole."""
    with pytest.raises(BadMessageError):
        reading(data, lambda reader: copy_body(reader, Sink(), length))
