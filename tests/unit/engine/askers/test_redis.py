import time

import pytest

from parity.actions.databases import talk
from parity.engine.askers.contract import UnreachableError
from parity.probes.database import redis
from parity.probes.database.contract import Login

LOGIN = Login("redis", "cache", 1, "", "hush", "0", whose="web.environment.CACHE_URL")
SECONDS = 8


def stall(peer):
    while peer.recv(1024):
        pass


def rubbish(peer):
    peer.recv(1024)
    peer.sendall(bytes(range(256)) * 200)


def endless(peer):
    peer.sendall(b"$900000000\r\n")
    while True:
        peer.sendall(b"x" * 65536)


def deep(peer):
    peer.recv(1024)
    peer.sendall(b"*1\r\n" * 50_000)


def wide(peer):
    while peer.recv(4096):
        peer.sendall(b"*1000000000\r\n" + b":1\r\n" * 100)


def refuse(peer):
    while peer.recv(4096):
        peer.sendall(b"-WRONGPASS invalid username-password pair hush \x1b[2J\r\n")


@pytest.mark.parametrize("behave", [stall, rubbish, endless, deep, wide, refuse])
def test_what_is_no_such_server_is_told_in_time(server, bridge, behave):
    began = time.monotonic()
    with bridge(server(behave)) as door, pytest.raises(UnreachableError) as told:
        talk(redis, LOGIN, door)
    assert time.monotonic() - began < SECONDS
    text = str(told.value)
    assert text and "hush" not in text and "127.0.0.1" not in text and "\x1b" not in text


def answers_all(text):
    def behave(peer):
        while peer.recv(1 << 16):
            peer.sendall(text)

    return behave


def test_one_that_answers_everything_alike_is_read_as_far_as_it_goes(server, bridge):
    with bridge(server(answers_all(b"+OK\r\n"))) as door:
        answers = talk(redis, LOGIN, door)
    assert answers["settings"] == [["OK"]]
    assert redis.read(answers, LOGIN).values == {}


def test_a_long_value_is_cut(server, bridge):
    text = b"$500000\r\nredis_version:7.0.1\r\n" + b"\x1b" * (500_000 - 21) + b"\r\n"
    login = Login("redis", "cache", 1)
    with bridge(server(answers_all(text)), seconds=6, size=64 << 20) as door:
        answers = talk(redis, login, door)
    assert len(str(answers["info"])) < 200_000
    assert redis.read(answers, login).values["version"] == "7.0.1"


def test_a_refusal_before_anything_was_asked_is_told(server, bridge):
    def denied(peer):
        peer.sendall(b"-DENIED Redis is running in protected mode because x.\r\n")

    with bridge(server(denied)) as door, pytest.raises(UnreachableError) as told:
        answers = talk(redis, Login("redis", "cache", 1), door)
        raise UnreachableError(answers["info"])
    assert "protected mode" in str(told.value)
