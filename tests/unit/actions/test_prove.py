"""What a proof says of ports that were not asked."""

import socket

import pytest

from parity.actions.prove import Attempt, Proof, _knock
from parity.cli.commands.egress import _answering, _grouped

HELD = Attempt("web", "an IPv4 address", "198.51.100.7:443", "refused", 1.0, held=True)


def test_a_port_over_udp_is_neither_held_nor_open():
    port = _knock("dns", "127.0.0.1", 5353, "udp")
    assert port.held is None
    proof = Proof((HELD,), (port,))
    assert proof.holds
    assert [row[0] for row in _grouped(proof)] == ["held", "not asked"]


def test_a_port_that_nobody_answers_is_told():
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
        assert _knock("web", "127.0.0.1", number, "tcp").held
    port = _knock("web", "127.0.0.1", number, "tcp")
    assert port.held is False
    assert not Proof((HELD,), (port,)).holds


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ([], "no port is published"),
        ([True], "the published port answers"),
        ([True, True], "2 published ports answer"),
        ([None], "1 published over UDP not asked"),
        ([True, None], "the published port answers, 1 published over UDP not asked"),
    ],
)
def test_only_ports_that_were_asked_are_said_to_answer(verdicts, said):
    ports = [Attempt("a", "published port", "t", "x", 0.0, held) for held in verdicts]
    assert _answering(ports) == said
