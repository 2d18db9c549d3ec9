"""Which backend a request is for."""

import pytest

from parity.stack.gateway_image.gateway.fields import SettingsError
from parity.stack.gateway_image.gateway.routes import Route, find, read_ingress


def route(host, path, *, exact=False, name="web"):
    return Route(host, path, exact, (name,), 80)


RULES = (
    route("shop.example", "/", name="root"),
    route("shop.example", "/api", name="api"),
    route("shop.example", "/api/v1/", name="v1"),
    route("shop.example", "/api", exact=True, name="exact"),
    route("*.shop.example", "/", name="wild"),
    route("only.example", "/only", name="only"),
    route("", "/", name="default"),
)


@pytest.mark.parametrize(
    ("host", "path", "expected"),
    [
        ("shop.example", "/", "root"),
        ("shop.example", "/apis", "root"),
        ("shop.example", "/api", "exact"),
        ("shop.example", "/api/", "api"),
        ("shop.example", "/api/x", "api"),
        ("shop.example", "/api/v1", "v1"),
        ("shop.example", "/api/v1/x", "v1"),
        ("shop.example", "/api/v10", "api"),
        ("a.shop.example", "/", "wild"),
        ("a.b.shop.example", "/", "default"),
        ("other.example", "/x", "default"),
        ("", "/x", "default"),
        ("only.example", "/only/x", "only"),
    ],
)
def test_the_longest_path_of_the_nearest_host_wins(host, path, expected):
    """Segment by segment; an exact rule before a prefix of the same length."""
    found = find(RULES, host, path)
    assert found is not None and found.backends == (expected,)


@pytest.mark.parametrize(("host", "path"), [("only.example", "/"), ("only.example", "/onlyx")])
def test_a_host_with_rules_of_its_own_gets_no_other_ones(host, path):
    """As with every controller: its server block answers, and says 404."""
    assert find(RULES, host, path) is None


def test_no_rules_lead_nowhere():
    """Nor does an empty host match a pattern."""
    assert find((), "shop.example", "/") is None
    assert find((route("*.example", "/"),), "", "/") is None


def test_settings_are_read():
    """With the certificate's files where an entry speaks TLS."""
    ingress = read_ingress(
        {
            "ingress": {
                "entries": [{"listen": 20000, "tls": True, "public": 443}],
                "routes": [
                    {"host": "Shop.Example", "path": "/", "type": "Exact", "backends": ["web"], "port": 80}
                ],
                "certificate": "/run/secrets/c",
                "key": "/run/secrets/k",
            }
        }
    )  # fmt: skip
    assert ingress.routes == (route("shop.example", "/", exact=True),)
    assert (ingress.entries[0].listen, ingress.entries[0].public) == (20000, 443)
    assert ingress.key == "/run/secrets/k"


def test_no_ingress_is_an_empty_one():
    """Most stacks have none."""
    assert read_ingress({}).entries == ()


@pytest.mark.parametrize(
    ("ingress", "said"),
    [
        ({"entries": [{"listen": 1, "tls": True, "public": 443}]}, "certificate"),
        ({"routes": [{"path": "x", "port": 80}]}, "slash"),
        ({"routes": [{"path": "/"}]}, "port"),
        ([], "object"),
    ],
)
def test_what_is_wrong_is_told(ingress, said):
    """Before anything listens."""
    with pytest.raises(SettingsError, match=said):
        read_ingress({"ingress": ingress})
