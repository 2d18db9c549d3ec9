"""Ports and subnets: chosen once, remembered, given up when taken."""

import json
import socket

import pytest

from parity.errors import ConfigError, UsageError
from parity.stack import allocations
from parity.stack.allocations import Allocator, is_free


@pytest.fixture
def allocator(tmp_path):
    def make(**options):
        options = {"stack": "s", "bind": "127.0.0.1", "subnets": "10.231.0.0/16", **options}
        return Allocator(tmp_path / "allocations.json", **options)

    return make


@pytest.fixture
def taken():
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def free():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_the_declared_port_is_taken_if_it_is_free(allocator):
    wish = free()
    assert allocator().port("web:80/tcp", "tcp", wish) == wish


def test_a_taken_port_is_replaced_and_the_choice_is_kept(allocator, taken):
    first = allocator()
    port = first.port("web:80/tcp", "tcp", taken)
    assert port != taken
    assert 20000 <= port < 30000
    first.save()
    assert allocator().port("web:80/tcp", "tcp", free()) == port


def test_two_ports_are_never_the_same(allocator):
    one = allocator()
    wish = free()
    assert len({one.port(key, "tcp", wish) for key in ("a", "b", "c")}) == 3


def test_a_port_that_our_own_gateway_has_is_not_taken(allocator, taken):
    assert allocator(held={("tcp", taken)}).port("web", "tcp", taken) == taken


def test_when_every_port_is_taken_it_is_said(allocator, monkeypatch):
    monkeypatch.setattr(allocations, "is_free", lambda *_: False)
    with pytest.raises(UsageError, match="no free host port for web") as caught:
        allocator().port("web", "tcp", 80)
    assert "parity down" in caught.value.next_step


def test_a_port_that_turned_out_to_be_taken_is_given_up(allocator):
    one = allocator()
    wish = free()
    one.port("web", "tcp", wish)
    one.forget_port(wish)
    assert one.port("web", "tcp", None) != wish


def test_another_port_is_kept_even_where_the_one_given_up_looks_free_again(allocator):
    one = allocator()
    wish, other = free(), free()
    one.port("ingress:80/tcp", "tcp", wish)
    one.port("web", "tcp", other)
    one.forget_port(wish)
    one.save()
    again = allocator()
    found = again.port("ingress:80/tcp", "tcp", wish)
    assert found not in (wish, other)
    assert again.port("web", "tcp", None) == other


def test_udp_and_tcp_are_asked_apart(taken):
    assert not is_free("127.0.0.1", "tcp", taken)
    assert is_free("127.0.0.1", "udp", taken)


def test_networks_get_subnets_of_the_range_each_its_own(allocator):
    one = allocator()
    found = [one.subnet(key) for key in ("default", "back", "parity-edge")]
    assert len(set(found)) == 3
    assert all(text.startswith("10.231.") and text.endswith("/24") for text in found)
    one.save()
    assert [allocator().subnet(key) for key in ("default", "back", "parity-edge")] == found


def test_two_stacks_begin_at_different_places(allocator):
    assert allocator(stack="one").subnet("default") != allocator(stack="two").subnet("default")


@pytest.mark.parametrize("foreign", ["10.231.0.0/17", "10.231.5.0/24", "0.0.0.0/1"])
def test_subnets_keep_clear_of_the_engines_other_networks(allocator, foreign):
    import ipaddress

    other = ipaddress.ip_network(foreign)
    if foreign == "0.0.0.0/1":
        with pytest.raises(UsageError, match="no free subnet"):
            allocator(foreign=[foreign]).subnet("default")
    else:
        assert not ipaddress.ip_network(allocator(foreign=[foreign]).subnet("x")).overlaps(other)


def test_a_kept_subnet_that_another_network_overlaps_now_is_given_up(allocator):
    one = allocator()
    before = one.subnet("default")
    one.save()
    assert allocator(foreign=[before]).subnet("default") != before
    one.forget_subnets()
    assert one.subnet("default") == before


def test_where_the_file_was_lost_the_networks_that_are_there_say_their_subnets(allocator):
    # What another stack had when this one chose may be free again by now.
    own = {"default": "10.231.77.0/24"}
    assert allocator().subnet("default") != own["default"]
    one = allocator(own=own)
    assert one.subnet("default") == own["default"]
    assert one.subnet("back") != own["default"]
    assert allocator(own=own, foreign=["10.231.0.0/17"]).subnet("default") != own["default"]


def test_foreign_networks_that_are_not_ipv4_are_passed_over(allocator):
    assert allocator(foreign=["fd00::/64", "", "x"]).subnet("default")


def test_a_range_that_is_none_is_refused(allocator):
    with pytest.raises(ConfigError, match="no IPv4 range"):
        allocator(subnets="everything")


def test_a_range_smaller_than_a_subnet_is_used_whole(allocator):
    assert allocator(subnets="10.9.9.0/28").subnet("default") == "10.9.9.0/28"


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", '{"ports": 5, "subnets": {}}', '{"ports": {}}',
        '{"ports": {"web": "x"}, "subnets": {"default": "garbage"}}',
        '{"ports": {"web": 99999}, "subnets": {"default": 5}}',
        '{"ports": {"web": [1]}, "subnets": {"default": ["x"]}}',
        '{"ports": {"web": true}, "subnets": {"default": "10.231.3.7/24"}}',
        "[" * 100000,
    ],
    ids=range(11),
)  # fmt: skip
def test_a_damaged_file_loses_only_choices(allocator, tmp_path, text):
    file = tmp_path / "allocations.json"
    file.write_text(text)
    one = allocator()
    assert 1 < one.port("web", "tcp", None) < 65536
    assert one.subnet("default").endswith("/24")
    one.save()
    assert set(json.loads(file.read_text())) == {"ports", "subnets"}


def test_a_linked_worktree_has_a_number_of_its_own_from_the_first_time_on(allocator):
    wish = free()
    port = allocator(wishes=False).port("web:80/tcp", "tcp", wish)
    assert port != wish
    assert 20000 <= port < 30000
