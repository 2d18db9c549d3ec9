"""Production's name in requests by a local one, and the way back in answers."""

import pytest

from parity.stack.gateway_image.gateway.fields import SettingsError
from parity.stack.gateway_image.gateway.http1 import Head
from parity.stack.gateway_image.gateway.origin import Origin, inner, is_local, read_origin

SHOP = Origin("https", "shop.example", 8443)
HERE = b"web.feature-x.localhost:20587"


def asked(*fields):
    return Head(b"POST /pay HTTP/1.1", ((b"Host", HERE), *fields))


def back(name, value):
    answer = Head(b"HTTP/1.1 302 Found", ((name, value),))
    return SHOP.back(answer, asked()).get(name.lower())


def test_a_request_is_what_productions_client_would_send():
    head = SHOP.forth(
        asked(
            (b"Origin", b"http://" + HERE),
            (b"Referer", b"http://" + HERE + b"/cart?id=7"),
            (b"Cookie", b"a=http://" + HERE),
        )
    )
    assert head.start == b"POST /pay HTTP/1.1"
    assert head.fields == (
        (b"Host", b"shop.example"),
        (b"Origin", b"https://shop.example"),
        (b"Referer", b"https://shop.example/cart?id=7"),
        (b"Cookie", b"a=http://" + HERE),
    )


@pytest.mark.parametrize("value", [b"null", b"http://other.localhost:1", b"http://" + HERE + b"1"])
def test_where_somebody_else_comes_from_stays(value):
    assert SHOP.forth(asked((b"Origin", value))).get(b"origin") == value


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (b"https://shop.example/login?next=/", b"http://" + HERE + b"/login?next=/"),
        (b"http://shop.example", b"http://" + HERE),
        (b"HTTPS://Shop.Example/", b"http://" + HERE + b"/"),
        (b"/cart", b"/cart"),
        (b"https://shop.example.org/", b"https://shop.example.org/"),
        (b"https://pay.example/?back=https://shop.example/", b"https://pay.example/?back=https://shop.example/"),
    ],
)  # fmt: skip
def test_a_redirection_to_production_leads_back_here(told, shown):
    assert back(b"Location", told) == shown


def test_a_cookie_is_for_the_name_that_was_asked():
    told = b"id=7; Domain=.shop.example; Path=/; HttpOnly"
    assert back(b"Set-Cookie", told) == b"id=7; Path=/; HttpOnly"
    assert back(b"Set-Cookie", b"domain=7; Path=/") == b"domain=7; Path=/"


def test_other_fields_stay():
    assert back(b"X-Where", b"https://shop.example/") == b"https://shop.example/"
    assert back(b"Access-Control-Allow-Origin", b"https://shop.example") == b"http://" + HERE


@pytest.mark.parametrize(
    ("host", "local", "name"),
    [
        ("web.feature-x.localhost", True, ""),
        ("shop.example.feature-x.localhost.", True, "shop.example"),
        ("Shop.Example.Main.LOCALHOST", True, "shop.example"),
        ("main.localhost", True, ""),
        ("localhost", False, ""),
        ("shop.example", False, ""),
        ("evil-localhost", False, ""),
    ],
)
def test_a_name_below_localhost_is_local_and_may_hold_productions(host, local, name):
    assert (is_local(host), inner(host)) == (local, name)


@pytest.mark.parametrize(
    "item",
    [
        None,
        {},
        {"scheme": "ftp", "host": "shop.example", "port": 1},
        {"scheme": "https", "host": "shop.example\r\nX: y", "port": 1},
        {"scheme": "https", "host": "shop.example", "port": 0},
    ],
)
def test_what_is_no_origin_is_refused(item):
    with pytest.raises(SettingsError):
        read_origin(item)


def test_an_origin_is_read():
    found = read_origin({"scheme": "http", "host": "shop.example:8080", "port": 80})
    assert found == Origin("http", "shop.example:8080", 80)
    assert not found.secure
