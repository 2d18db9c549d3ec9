"""nginx configuration, read tolerantly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.diff.settings import flatten
from parity.diff.view import Service
from parity.rules import proxy_nginx as nginx

FILE = """
# client_max_body_size 1m;
http {
  client_max_body_size 20m; keepalive_timeout 65;
  log_format main '$remote_addr "{;}" $status';
  server {
    listen 80;
    location ~ ^/a\\{2\\} { proxy_pass "http://app:80"; proxy_read_timeout 1m; }
    add_header X "a;b";
  }
}
"""


def service(text, target="/etc/nginx/nginx.conf"):
    body = {"volumes": [{"type": "bind", "source": "/a", "target": target, "x-content": text}]}
    return Service("web", flatten(body), body)


def test_directives_stand_in_their_blocks():
    found = {d.name: d for d in nginx.directives(FILE)}
    assert found["client_max_body_size"].value == "20m"
    assert found["proxy_pass"].words == ("http://app:80",)
    assert found["proxy_pass"].blocks == ("http", "server", "location")
    assert found["add_header"].words == ("X", "a;b")
    assert found["log_format"].words[1] == '$remote_addr "{;}" $status'
    assert found["listen"].blocks == ("http", "server")


@pytest.mark.parametrize("text", ["}", "{", "a {", "a 'b", "a b", "; ; {}", "a } b;", ""])
def test_broken_text_is_read_as_far_as_it_goes(text):
    assert isinstance(list(nginx.directives(text)), list)


@given(st.text(alphabet="ab {};'\"#\\\n$", max_size=60))
def test_no_text_breaks_the_reader(text):
    for directive in nginx.directives(text):
        assert directive.name
    nginx.looks_like_nginx(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("server {\n listen 80;\n}", True),
        ("client_max_body_size 5m;\n", True),
        ("[mysqld]\nmax_allowed_packet=4M\n", False),
        ('{"server": {"listen": 80}}', False),
        ("const server = http.createServer();\n", False),
        ("listen = 0.0.0.0;\n", False),
        ("", False),
    ],
)
def test_what_looks_like_nginx(text, wanted):
    assert nginx.looks_like_nginx(text) is wanted


def test_values_are_normalised_and_have_defaults():
    side = service(FILE)
    assert nginx.effective(side, "client_max_body_size") == (str(20 * 1024**2),)
    assert nginx.effective(side, "proxy_read_timeout") == ("60s",)
    assert nginx.effective(side, "keepalive_timeout") == ("65s",)
    assert nginx.effective(side, "proxy_buffering") == ("on",)
    assert nginx.values(side, "proxy_buffering") == ()
    assert nginx.effective(side, "proxy_set_header") == ()
    assert nginx.configurations(service("a: b", "/etc/a.yml")) == {}
