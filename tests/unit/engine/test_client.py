"""The SDK's errors in parity's words."""

import gc

import pytest

from parity.engine.address import Address
from parity.engine.client import connect, refused, translated
from parity.errors import EngineError, StackError, UsageError


@pytest.mark.parametrize(
    ("text", "kind", "hint"),
    [
        ("write /x: no space left on device", EngineError, "prune"),
        ("Bind for 127.0.0.1:80 failed: port is already allocated", StackError, "parity up"),
        ("listen tcp: address already in use", StackError, "parity up"),
        ("something else", EngineError, "parity doctor"),
    ],
)
def test_a_refusal_says_what_to_do(text, kind, hint):
    error = refused(text)
    assert type(error) is kind
    assert text in error.message
    assert hint in error.next_step


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('Conflict. The container name "/s-k-db-1" is already in use by container "7cef".', "container"),
        ("network with name s-k-db-1 already exists", "network"),
    ],
)  # fmt: skip
def test_a_name_that_is_taken_is_told_with_how_to_look_at_it(text, kind):
    error = refused(text)
    assert type(error) is UsageError
    assert error.message == f"there is a {kind} called s-k-db-1 already"
    assert f"`docker {kind} inspect s-k-db-1`" in error.next_step


def test_errors_of_the_sdk_are_translated_and_others_are_not():
    from docker.errors import APIError, DockerException

    with pytest.raises(EngineError, match="because"), translated():
        raise APIError("x", explanation="because")
    with pytest.raises(EngineError, match="no Docker Engine answers"), translated():
        raise DockerException("x" * 500)
    with pytest.raises(ZeroDivisionError), translated():
        raise ZeroDivisionError


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_connecting_to_nothing_is_told():
    with pytest.raises(EngineError, match="no Docker Engine answers"):
        connect(Address("unix:///nowhere/docker.sock", "test"))
    gc.collect()  # the SDK leaves the socket of a failed connection open


def test_an_engine_that_was_asked_for_is_named_by_its_own_address():
    from docker.errors import DockerException

    with (
        pytest.raises(EngineError) as caught,
        translated(Address("ssh://far", "context far")),
    ):
        raise DockerException("no route")
    assert "ssh://far (context far)" in caught.value.message
