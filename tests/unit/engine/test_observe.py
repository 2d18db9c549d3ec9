"""Observing an engine of recorded answers."""

import pytest

from parity.engine import observe
from parity.errors import EngineError
from parity.model.stack import Network
from parity.stack import labels

ROW = {
    "Id": "0123456789abcdef",
    "Names": ["/shop-web-1"],
    "Image": "web@sha256:1",
    "State": "running",
    "Status": "Up 2 minutes (healthy)",
    "Labels": {
        labels.STACK: "shop",
        labels.SERVICE: "web",
        labels.ROLE: "service",
        labels.HASH: "h1",
        "com.docker.compose.container-number": "2",
    },
    "Ports": [
        {"IP": "127.0.0.1", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},
        {"PrivatePort": 443, "Type": "tcp"},
    ],
}


def test_a_container_is_read_from_the_list(engine):
    engine.answers["/containers/json"] = [ROW]
    (found,) = observe.of_stack("shop")
    assert (found.name, found.service, found.number, found.state, found.health) == (
        "shop-web-1", "web", 2, "running", "healthy",
    )  # fmt: skip
    assert (found.hash, found.role, found.ports) == ("h1", "service", ("127.0.0.1:8080->80/tcp",))
    assert '{"label": ["dev.parity.stack=shop"]}' in engine.asked[0]
    assert "all=1" in engine.asked[0]


@pytest.mark.parametrize(
    ("status", "health", "code"),
    [
        ("Up 2 minutes", "", 0),
        ("Up 1 second (health: starting)", "starting", 0),
        ("Exited (137) 5 minutes ago", "", 137),
        ("Exited (0) 5 minutes ago", "", 0),
        ("Created", "", 0),
        ("", "", 0),
    ],
)
def test_health_and_exit_code_are_read_from_the_status(engine, status, health, code):
    engine.answers["/containers/json"] = [{**ROW, "Status": status}]
    (found,) = observe.of_stack("shop")
    assert (found.health, found.exit_code) == (health, code)


def test_a_bare_row_is_enough(engine):
    engine.answers["/containers/json"] = [
        {"Id": "0123456789abcdef", "State": "created", "Labels": None, "Names": [], "Ports": None}
    ]
    (found,) = observe.of_stack("shop")
    assert (found.name, found.service, found.ports) == ("0123456789ab", "", ())


def test_containers_come_in_order(engine):
    rows = [
        {**ROW, "Labels": {labels.SERVICE: service, "com.docker.compose.container-number": number}}
        for service, number in (("b", "10"), ("b", "9"), ("a", "1"))
    ]
    engine.answers["/containers/json"] = rows
    assert [(c.service, c.number) for c in observe.of_stack("s")] == [("a", 1), ("b", 9), ("b", 10)]


@pytest.mark.parametrize(("streak", "health"), [(3, "unhealthy"), (0, "starting")])
def test_a_pause_makes_nobody_unhealthy(engine, streak, health):
    # The engine says `unhealthy` until the next check after a pause, though none has failed.
    engine.answers["/containers/json"] = [{**ROW, "Status": "Up 3 hours (unhealthy)"}]
    state = {"State": {"Health": {"Status": "unhealthy", "FailingStreak": streak}}}
    engine.answers[f"/containers/{ROW['Id']}/json"] = state
    assert observe.of_stack("s")[0].health == health


def test_networks_are_listed_with_whose_they_are_and_their_subnets(engine):
    def network(name, marks, *subnets):
        config = [{"Subnet": subnet} for subnet in subnets]
        return {"Name": name, "Labels": marks, "IPAM": {"Config": config}}

    mine = {labels.STACK: "s", "com.docker.compose.network": "default"}
    engine.answers["/networks"] = [
        network("s_default", mine, "10.1.0.0/24"),
        network("other", {"x": "y"}, "10.2.0.0/24", "fd00::/64"),
        {"Name": "host", "Labels": None, "IPAM": None},
        {"Name": "none", "IPAM": {"Config": None}},
    ]
    assert observe.networks() == (
        Network("s_default", "s", "default", ("10.1.0.0/24",)),
        Network("other", "", "", ("10.2.0.0/24", "fd00::/64")),
        Network("host", "", "", ()),
        Network("none", "", "", ()),
    )


def test_no_engine_is_told_with_its_address_and_what_to_do():
    with pytest.raises(
        EngineError, match="no Docker Engine answers at unix://.*DOCKER_HOST"
    ) as caught:
        observe.version()
    assert "start Docker" in caught.value.next_step


def test_a_refusal_is_told_in_the_engines_words(engine):
    engine.answers["/version"] = (500, b'{"message":"out of order"}')
    with pytest.raises(EngineError, match="out of order"):
        observe.version()


@pytest.mark.parametrize(
    "raw", [b"", b"hello\r\n", b"HTTP/1.0 200 OK\r\n\r\nnot json", b"HTTP/1.0 200 OK\r\nContent-Length: 99\r\n\r\n{}"],
    ids=["silence", "another protocol", "no JSON", "cut off"],
)  # fmt: skip
def test_what_is_no_engine_is_told(engine, raw):
    engine.raw = raw
    with pytest.raises(EngineError, match="Docker Engine"):
        observe.version()
