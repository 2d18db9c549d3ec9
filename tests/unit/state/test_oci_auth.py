"""Logins: docker's own, and what a registry's challenge makes of them."""

from types import SimpleNamespace

import pytest
import requests
from docker.errors import DockerException

from parity.errors import RegistryError
from parity.state.oci_auth import Login, header, login_of

ADA = Login("ada", "secret")


def client(found):
    def resolve(registry):
        if isinstance(found, Exception):
            raise found
        return found

    return SimpleNamespace(
        api=SimpleNamespace(_auth_configs=SimpleNamespace(resolve_authconfig=resolve))
    )


@pytest.mark.parametrize(
    ("found", "login"),
    [
        (None, Login()),
        ({}, Login()),
        ({"username": "ada", "password": "secret"}, ADA),
        ({"Username": "ada", "Password": "secret"}, ADA),  # as credential helpers spell it
        ({"IdentityToken": "t"}, Login(token="t")),
    ],
)
def test_what_docker_login_left(found, login):
    assert login_of(client(found), "ghcr.io") == login


def test_a_helper_that_fails_is_told():
    with pytest.raises(RegistryError, match="cannot be read: no helper") as caught:
        login_of(client(DockerException("no helper")), "ghcr.io")
    assert caught.value.next_step == "`docker login ghcr.io`, then again"


def test_a_login_hides_what_is_secret():
    assert "secret" not in repr(Login("ada", "secret", "secret"))


class Session:
    """Answers token requests."""

    def __init__(self, status=200, body=None):
        self.asked = []
        self.status = status
        self.body = {"token": "T"} if body is None else body

    def _answer(self, *args, **more):
        self.asked.append((args, more))
        answer = requests.Response()
        answer.status_code = self.status
        answer.json = lambda: self.body
        return answer

    get = post = _answer


BEARER = 'Bearer realm="https://auth.example/token",service="reg",scope="other"'


def test_basic_needs_a_name():
    assert header(Session(), 'Basic realm="x"', ADA, "s") == "Basic YWRhOnNlY3JldA=="
    assert header(Session(), 'Basic realm="x"', Login(), "s") == ""


def test_a_token_is_asked_for_what_is_needed():
    session = Session()
    assert header(session, BEARER, ADA, "repository:a:pull") == "Bearer T"
    ((url,), more) = session.asked[0]
    assert url == "https://auth.example/token"
    assert more["params"] == {"service": "reg", "scope": "repository:a:pull"}
    assert more["headers"]["Authorization"].startswith("Basic ")


def test_who_has_no_login_asks_for_a_token_all_the_same():
    session = Session()
    assert header(session, BEARER, Login(), "s") == "Bearer T"
    assert session.asked[0][1]["headers"] == {}


def test_an_identity_token_is_exchanged():
    session = Session(body={"access_token": "A"})
    assert header(session, BEARER, Login(token="t"), "s") == "Bearer A"
    assert session.asked[0][1]["data"]["refresh_token"] == "t"


@pytest.mark.parametrize("challenge", ["", "Negotiate", "Bearer", 'Bearer realm="file:///etc/x"'])
def test_other_challenges_are_not_answered(challenge):
    session = Session()
    assert header(session, challenge, ADA, "s") == ""
    assert session.asked == []


def test_a_refused_token_is_none():
    assert header(Session(status=401), BEARER, ADA, "s") == ""
    assert header(Session(body={}), BEARER, ADA, "s") == ""
