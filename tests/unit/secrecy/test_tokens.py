"""Tokens by their form, and random texts; identifiers, digests and words are neither."""

import hashlib
import subprocess
import sys
import uuid

import pytest

from parity.secrecy import tokens
from parity.secrecy.texts import merged

UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def found_in(text):
    return [text[start:end] for start, end in merged(list(tokens.spans(text)))]


@pytest.mark.parametrize(
    "token",
    [
        "AKIA" + "IOSFODNN7EXAMPLE",
        "ghp_" + "a1B2" * 9,
        "glpat-" + "a1B2c3D4e5F6g7H8i9J0",
        "xoxb-" + "123456789012-abcdef1234",
        "SG." + "a1B2c3D4e5F6g7H8i9J0kk." + "a1B2c3D4e5F6g7H8i9J0kkL1m2N3o4P5q6R7s8T9u0v",
        "sk_live_" + "a1B2c3D4e5F6g7H8i9J0kkL1",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefghij",
        "AC" + "0123456789abcdef" * 2,
        "110201543" + ":AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawU",
        "sq0csp-" + "a1B2c3D4e5F6g7H8i9J0kkL1m2N3o4P5q6R7s8T9u0v",
        "0123456789abcdef" * 2 + "-us12",
        "pypi-AgEIcHlwaS5vcmc" + "a1B2c3D4e5" * 8,
        "AIza" + "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q",
        "npm_" + "a1B2c3D4e5F6g7H8i9J0kkL1m2N3o4P5q6R7",
        "github_pat_" + "11A1B2C3D4_a1B2c3D4e5F6g7H8i9J0",
        "M" + "a1B2c3D4e5F6g7H8i9J0kkL.a1B2c3.a1B2c3D4e5F6g7H8i9J0kkL1m2N",
    ],
)
def test_known_forms_alone_and_within_a_text(token):
    assert token in found_in(token)
    assert any(token in found for found in found_in(f"login with {token} now"))


@pytest.mark.parametrize(
    "word",
    ["kX9vQz3LmPw7RtYb2NdF4hJsWe", "Zm9v+MjA4/kX9vQz3LmPw7RtYb2NdF==", "a1-B2_c3D4e5F6g7H8i9J0kLm"],
)
def test_random_texts(word):
    assert found_in(word) == [word]
    assert found_in(f'key "{word}"') == [word]


@pytest.mark.parametrize(
    "text",
    [
        str(uuid.UUID(int=0x123E4567E89B12D3A456426614174000)),
        hashlib.sha256(b"x").hexdigest(),
        hashlib.sha1(b"x").hexdigest(),
        hashlib.md5(b"x").hexdigest(),
        "sha256:" + hashlib.sha256(b"x").hexdigest(),
        "registry.example.com/team/Application-Server_2.0@sha256:" + "0a" * 32,
        "http://Api.Example.com:8080/v1/Some/Long/Path_With_Words2",
        "/usr/lib/x86_64-linux-gnu/Foo/Bar/Baz123456789",
        "arn:aws:iam::123456789012:role/MyApplicationRole",
        "com.example.app.config.SomeVeryLongClassName2Impl",
        "EmailAuthBackend,ZulipLDAPAuthBackend",
        "APACHE2SERVERNAME0",
        "America/Argentina/Buenos_Aires",
        "application-production-2024-01-15T10",
        "MaxRequestWorkers256ServerLimit16",
        "kubernetes-dashboard-7d9c6b5f4-x2kq9",
        "-Xms512m -Xmx1024m -XX:MaxMetaspaceSize=256m",
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
        "node-1.example.com,node-2.example.com",
        "A" * 40,
        UPPER,
    ],
)
def test_left_alone(text):
    assert found_in(text) == []


def test_the_library_is_loaded_only_for_what_could_be_a_token():
    program = (
        "import sys; from parity.secrecy import tokens\n"
        "tokens.spans('http://api.example.com:8080/v1/some/long/path'); tokens.spans('x' * 50)\n"
        "print('detect_secrets' in sys.modules)\n"
        "tokens.spans('ghp_' + 'a1B2' * 9); print('detect_secrets' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.split() == ["False", "True"], done.stderr
