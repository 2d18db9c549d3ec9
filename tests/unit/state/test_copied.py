"""A running copy: what it is asked, what is hidden of its answers, and that it goes."""

import io
import tarfile
from types import SimpleNamespace

import pytest
from docker.errors import APIError, NotFound

from parity.errors import StackError
from parity.state import copied
from parity.state.engines.contract import Command
from parity.state.engines.postgres import ENGINE


def client(**answers):
    calls = []

    def method(name, answer):
        def call(*args, **kwargs):
            calls.append((name, *args, *sorted(kwargs.items())))
            found = answer(*args, **kwargs) if callable(answer) else answer
            if isinstance(found, Exception):
                raise found
            return found

        return call

    api = SimpleNamespace(**{name: method(name, answer) for name, answer in answers.items()})
    return SimpleNamespace(api=api, calls=calls)


def attrs(**env):
    return {
        "Id": "0123456789abcdef", "Name": "/stack-db-1", "Image": "sha256:i",
        "Path": "postgres", "Args": [], "Mounts": [], "HostConfig": {},
        "Config": {"Image": "postgres", "Env": [f"{k}={v}" for k, v in env.items()], "Labels": {}},
    }  # fmt: skip


def copy(one, **env):
    return copied.Copy(one, "id", "db", attrs(**env), ENGINE)


def refusal(text):
    return APIError(text, explanation=text)


def test_a_question_carries_its_environment_and_its_answer_no_secret():
    one = client(
        exec_create={"Id": "x"}, exec_start=b"pw-in-full is wrong", exec_inspect={"ExitCode": 3}
    )
    asked = Command(("ping",), {"REDISCLI_AUTH": "pw-in-full"})
    assert copy(one).ask(asked) == (3, "*** is wrong")
    assert one.calls[0] == ("exec_create", "id", ["ping"], ("environment", {"REDISCLI_AUTH": "pw-in-full"}))  # fmt: skip


def test_a_question_to_one_that_has_ended_has_failed():
    one = client(exec_create=refusal("Container id is not running"))
    assert copy(one).ask(Command(("ping",))) == (1, "Container id is not running")


def test_one_that_somebody_removed_is_told():
    one = client(inspect_container=NotFound("gone"))
    with pytest.raises(StackError, match="db: .* was removed meanwhile") as caught:
        copy(one).state()
    assert caught.value.next_step


@pytest.mark.parametrize(
    ("env", "text", "shown"),
    [
        ({"POSTGRES_PASSWORD": "hunter22"}, "FATAL: hunter22", "FATAL: ***"),
        ({"API_TOKEN": "abcd", "MORE_SECRET": "abcdef"}, "abcdef abcd", "*** ***"),
        ({"POSTGRES_PASSWORD": "a"}, "a database", "a database"),
        ({"POSTGRES_USER": "shop"}, "role shop", "role shop"),
        ({"POSTGRES_PASSWORD": ""}, "nothing", "nothing"),
    ],
)
def test_values_of_secrets_are_hidden(env, text, shown):
    assert copied.hidden(text, attrs(**env)) == shown


def test_a_password_among_the_arguments_is_hidden():
    found = attrs()
    found |= {"Path": "redis-server", "Args": ["--requirepass", "hunter22"]}
    assert copied.hidden("hunter22", found) == "***"


def test_the_log_is_its_lines_without_secrets():
    one = client(logs=b"first hunter22\n\n  \nlast\xff\n")
    assert copy(one, PASSWORD="hunter22").log() == ["first ***", "last\ufffd"]


def packed(name, content):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return [buffer.getvalue()[:700], buffer.getvalue()[700:]]


def test_a_file_is_read_out_of_it_and_a_missing_one_is_none():
    assert copy(client(get_archive=(packed("pg_control", b"content"), {}))).file("/a") == b"content"
    assert copy(client(get_archive=NotFound("no such file"))).file("/a") is None


def boot(one):
    return copied.booted(one, ENGINE, attrs(), [], {"dev.parity.lease": "me"})


def test_it_is_gone_whatever_happens():
    one = client(create_container_from_config={"Id": "new"}, start=None, remove_container=None)
    with pytest.raises(KeyboardInterrupt), boot(one) as made:
        assert (made.id, made.service) == ("new", "stack-db-1")
        raise KeyboardInterrupt
    assert one.calls[-1] == ("remove_container", "new", ("force", True), ("v", True))
    name = one.calls[0][2]
    assert name.startswith("parity-settle-")


def test_one_that_cannot_start_is_told_and_gone():
    one = client(
        create_container_from_config={"Id": "new"}, start=refusal("no such mount"),
        remove_container=NotFound("gone already"),
    )  # fmt: skip
    with pytest.raises(StackError, match="stack-db-1: .* cannot start: no such mount"), boot(one):
        pytest.fail("it did not start")
    assert one.calls[-1][0] == "remove_container"


@pytest.mark.parametrize(
    ("mine", "name"),
    [
        ({"dev.parity.service": "db", "com.docker.compose.service": "other"}, "db"),
        ({"com.docker.compose.service": "db"}, "db"),
        ({}, "stack-db-1"),
        (None, "stack-db-1"),
    ],
)
def test_what_a_container_is_called(mine, name):
    found = attrs()
    found["Config"]["Labels"] = mine
    assert copied.service(found) == name
