import os
import struct
import time

import pytest

from parity.actions.databases import talk
from parity.engine.askers import sql
from parity.engine.askers.contract import UnreachableError
from parity.engine.bridge import Bridge, Limits
from parity.probes.database import mysql, postgres
from parity.probes.database.contract import Login

PROBES = {"postgres": postgres, "mariadb": mysql}
SECONDS = 8


def login(engine):
    return Login(engine, "db", 1, "shop", "hush", "shop", whose="web.environment.DATABASE_URL")


def stall(peer):
    while peer.recv(1024):
        pass


def rubbish(peer):
    peer.recv(1024)
    peer.sendall(bytes(range(256)) * 200)


def endless(peer):
    while True:
        peer.sendall(b"\x00" * 65536)


def hang_up(peer):
    peer.recv(10)


@pytest.mark.parametrize("engine", ["postgres", "mariadb"])
@pytest.mark.parametrize("behave", [stall, rubbish, endless, hang_up])
def test_what_is_no_such_server_is_told_in_time(server, bridge, engine, behave):
    began = time.monotonic()
    with bridge(server(behave)) as door, pytest.raises(UnreachableError) as told:
        talk(PROBES[engine], login(engine), door)
    assert time.monotonic() - began < SECONDS
    assert str(told.value) and "hush" not in str(told.value) and "127.0.0.1" not in str(told.value)


def test_a_closed_port_is_told():
    def dial():
        raise ConnectionRefusedError(111, "Connection refused")

    with (
        Bridge(dial, Limits(3, 1)) as door,
        pytest.raises(UnreachableError, match="Connection refused"),
    ):
        talk(postgres, login("postgres"), door)


def packet(kind, body):
    return kind + struct.pack(">I", len(body) + 4) + body


READY = packet(b"Z", b"I")
HELLO = b"".join(
    [
        packet(b"R", struct.pack(">I", 0)),
        *(packet(b"S", f"{k}\0{v}\0".encode()) for k, v in {
            "server_version": "15.1", "client_encoding": "UTF8", "standard_conforming_strings": "on",
        }.items()),
        packet(b"K", struct.pack(">II", 7, 7)),
        READY,
    ]
)  # fmt: skip


LIBRARY = {
    b"pg_catalog.version()": b"PostgreSQL 15.1 on x",
    b"current_schema()\x00": b"public",
    b"show standard_conforming_strings": b"on",
    b"show transaction isolation level": b"read committed",
}
"""What SQLAlchemy asks for itself."""


def speaks(answer):
    """A server of PostgreSQL's language that lets everybody in and answers each statement alike."""

    def behave(peer):
        first = peer.recv(4096)
        if first[4:8] == struct.pack(">I", 80877103):
            peer.sendall(b"N")
            peer.recv(4096)
        peer.sendall(HELLO)
        while statement := peer.recv(1 << 16):
            if statement[:1] == b"X":
                return
            known = next((v for k, v in LIBRARY.items() if k in statement), b"")
            if known:
                peer.sendall(columns("a") + row(known) + packet(b"C", b"SELECT 1\0") + READY)
            else:
                answer(peer, statement)

    return behave


def row(*cells):
    body = b"".join(struct.pack(">i", len(cell)) + cell for cell in cells)
    return packet(b"D", struct.pack(">h", len(cells)) + body)


def columns(*names):
    each = b"".join(n.encode() + b"\0" + struct.pack(">IhIhih", 0, 0, 25, -1, -1, 0) for n in names)
    return packet(b"T", struct.pack(">h", len(names)) + each)


def many_rows(peer, statement):
    if b"select" not in statement.lower():
        return done(peer)
    peer.sendall(columns("a", "b"))
    while True:
        peer.sendall(row(b"x" * 100, b"y") * 100)


def done(peer):
    peer.sendall(packet(b"C", b"SET\0") + READY)


def long_names(peer, statement):
    if b"pg_settings" not in statement:
        return error(peer, statement)
    name = b"\x1b[31mevil\x07" + b"x" * 10_000_000
    peer.sendall(columns("a", "b") + row(name, b"\x1b]0;title\x07v"))
    return peer.sendall(packet(b"C", b"SELECT 1\0") + READY)


def error(peer, statement):
    if b"savepoint" in statement.lower() or b"select" not in statement.lower():
        return done(peer)
    text = b"SERROR\0C42501\0Mpermission denied for hush \x1b[2J table\0\0"
    return peer.sendall(packet(b"E", text) + READY)


def test_endless_rows_are_cut_off(server, bridge):
    began = time.monotonic()
    with bridge(server(speaks(many_rows))) as door:
        answers = talk(postgres, login("postgres"), door)
    assert answers.pop("connection") and set(answers.values()) == {"it sent more than 1 MiB"}
    assert time.monotonic() - began < SECONDS


def test_names_of_ten_megabytes_with_escapes_in_them_are_cut(server, bridge):
    with bridge(server(speaks(long_names)), seconds=8, size=32 << 20) as door:
        answers = talk(postgres, login("postgres"), door)
    assert len(str(answers)) < 200_000
    facts = postgres.read(answers, login("postgres"))
    assert "\x1b" not in str(facts) and len(str(facts)) < 20_000


def test_a_refusal_of_one_question_is_its_own_sentence_without_the_password(server, bridge):
    with bridge(server(speaks(error))) as door:
        answers = talk(postgres, login("postgres"), door)
    assert answers["settings"] == "permission denied for … [2J table"


def test_a_wrong_password_is_told_without_it(server, bridge):
    def refuse(peer):
        first = peer.recv(4096)
        if first[4:8] == struct.pack(">I", 80877103):
            peer.sendall(b"N")
            peer.recv(4096)
        peer.sendall(
            packet(b"E", b'SFATAL\0C28P01\0Mpassword authentication failed for user "shop"\0\0')
        )

    with bridge(server(refuse)) as door, pytest.raises(UnreachableError) as told:
        talk(postgres, login("postgres"), door)
    assert str(told.value) == 'password authentication failed for user "shop"'


def test_variables_of_the_person_at_this_machine_are_put_aside_and_back(monkeypatch):
    monkeypatch.setenv("PGOPTIONS", "-c work_mem=9MB")
    monkeypatch.setenv("PG_COLOR", "auto")
    with sql._ASIDE:
        with sql._ASIDE:
            assert "PGOPTIONS" not in os.environ
        assert "PGOPTIONS" not in os.environ and os.environ["PG_COLOR"] == "auto"
    assert os.environ["PGOPTIONS"] == "-c work_mem=9MB"


def test_what_the_person_at_this_machine_has_is_not_used():
    _, arguments = sql._postgres(login("postgres"), "127.0.0.1", 5)
    assert arguments["options"] == "" and arguments["passfile"].endswith("null")
    assert arguments["prepare_threshold"] is None


def test_options_of_the_url_belong_to_the_session():
    given = Login(
        "postgres", "db", 1, "u", "p", "x", {"options": "-c search_path=a", "sslmode": "verify-full", "host": "evil"}
    )  # fmt: skip
    url, arguments = sql._postgres(given, "127.0.0.1", 5)
    assert arguments["options"] == "-c search_path=a" and arguments["sslmode"] == "require"
    assert "host" not in arguments and url.host == "db" and arguments["hostaddr"] == "127.0.0.1"


def test_a_server_that_wants_tls_gets_it(monkeypatch):
    tried = []

    def connect(login, host, port):
        tried.append(login.encrypted)
        if not login.encrypted:
            raise UnreachableError("Connections using insecure transport are prohibited")
        raise UnreachableError("Access denied")

    monkeypatch.setattr(sql, "_connect", connect)
    with pytest.raises(UnreachableError, match="Access denied"):
        sql._connected(login("mariadb"), "127.0.0.1", 1)
    assert tried == [False, True]
