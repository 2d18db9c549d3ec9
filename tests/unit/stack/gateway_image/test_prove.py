"""A list of attempts in, the same list with outcomes out."""

import json
import socket
import threading
import time

import pytest

from parity.stack.gateway_image.gateway import prove as module
from parity.stack.gateway_image.gateway.prove import parse, prove, prove_from

TCP = {"label": "a", "kind": "tcp", "address": "127.0.0.1", "port": 1}


def test_outcomes_are_added_to_the_attempts(capsys):
    """In the order of the list, other keys untouched."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    probes = [{**TCP, "port": port, "extra": [1]}, {**TCP, "label": "b", "port": port}]
    assert prove_from(json.dumps(probes)) == 0
    results = json.loads(capsys.readouterr().out)
    assert [r["label"] for r in results] == ["a", "b"]
    assert [r["outcome"] for r in results] == ["refused", "refused"]
    assert results[0]["extra"] == [1]
    assert results[0]["milliseconds"] >= 0


def test_a_stuck_attempt_is_a_timeout(monkeypatch):
    """A name lookup can't be interrupted, but its result isn't waited for."""
    release = threading.Event()
    monkeypatch.setattr(module, "LIMIT", -0.4)
    monkeypatch.setattr(module, "ATTEMPTS", {"dns": lambda *_: (release.wait(5), "late")})
    start = time.monotonic()
    (result,) = prove([{"label": "a", "kind": "dns", "address": "x"}])
    assert result["outcome"] == "timeout"
    assert time.monotonic() - start < 2
    release.set()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ("{}", "must be a list"),
        (json.dumps([TCP] * 513), "at most 512"),
        ("[1]", r"\[0\]: must be an object"),
        (json.dumps([{**TCP, "kind": "sctp"}]), "kind must be one of"),
        (json.dumps([{**TCP, "kind": ["tcp"]}]), "kind must be one of"),
        (json.dumps([{**TCP, "address": ""}]), "address"),
        (json.dumps([{**TCP, "port": 0}]), "port"),
        (json.dumps([{**TCP, "port": "80"}]), "port"),
        (json.dumps([{"label": "a", "kind": "udp", "address": "x"}]), "port"),
    ],
)
def test_wrong_lists_are_refused(text, message, capsys):
    """Nothing is tried, and the mistake is named."""
    with pytest.raises(ValueError, match=message):
        parse(text)
    assert prove_from(text) == 2
    assert "PARITY_PROVE" in capsys.readouterr().err


def test_lookups_and_pings_need_no_port():
    """They have none."""
    assert len(parse('[{"kind":"dns","address":"x"},{"kind":"icmp","address":"x"}]')) == 2
