"""What a proof tries: hosts that are allowed are left alone."""

from types import SimpleNamespace

import pytest

from parity.actions import targets
from parity.errors import EngineError

HOSTS = ("api.example.com", "example.com", "deep.api.example.com", "other.example")
TOML = """\
[environments.prod]
files = ["compose.yaml"]
[egress]
allow = %s
"""


def client(listing):
    def rows(**_):
        if isinstance(listing, Exception):
            raise listing
        return listing

    table = SimpleNamespace(list=rows)
    return SimpleNamespace(networks=table, containers=table)


@pytest.mark.parametrize(
    ("allow", "tried"),
    [
        ([], HOSTS),
        (["*.example.com"], ("example.com", "other.example")),
        (["*.example.com:443", "Example.com."], ("other.example",)),
        (["api.example.com:443"], HOSTS[1:]),
        (["[2001:db8::1]:443", "10.0.0.1"], HOSTS),
    ],
)
def test_allowed_hosts_are_not_tried(session, allow, tried):
    one = session(toml=TOML % allow)
    found = targets.targets(client([]), one, SimpleNamespace(hostnames=HOSTS), 1)
    assert tuple(t["address"] for t in found if t["label"] == "a host of production") == tried


@pytest.mark.parametrize("look", ["_host_addresses", "_strangers"])
def test_an_engine_that_refuses_to_list_is_an_error_of_parity(session, look):
    from docker.errors import APIError

    arguments = [] if look == "_host_addresses" else [session(toml=TOML % [])]
    with pytest.raises(EngineError, match="refused"):
        getattr(targets, look)(client(APIError("no", explanation="no")), *arguments)
