"""Env files as an environment; where their consumers disagree, it is said without telling secrets."""

import pytest

from parity.errors import DefinitionError, UnreachableError, UsageError
from parity.model.setting import Origin
from parity.sources import dotenv, dotenv_readers
from parity.sources.contract import Request


@pytest.fixture
def read(tmp_path):
    def start(text=None, files=("prod.env",), **options):
        if text is not None:
            (tmp_path / "prod.env").write_text(text)
        return dotenv.start(Request("prod", tmp_path, files=files, **options)).result()

    return start


def test_an_env_file_is_one_service(read, tmp_path):
    environment = read("A=1\nB=two\n")
    assert environment.document == {"services": {"app": {"environment": {"A": "1", "B": "two"}}}}
    assert environment.losses == ()
    assert environment.files == (str(tmp_path / "prod.env"),)
    assert set(read(project="web").services) == {"web"}
    assert "environment" not in environment.silent
    assert {"image", "command", "deploy"} <= environment.silent


@pytest.mark.parametrize(
    ("consumer", "value"), [("", "x"), ("compose", "x"), ("docker", '"x"'), ("python-dotenv", "x")]
)
def test_the_consumer_decides(read, consumer, value):
    environment = read('A="x"\n', consumer=consumer)
    assert environment.services["app"]["environment"]["A"] == value


def test_disagreement_is_told(read):
    (note,) = read('A="x"\nB=plain\n').losses
    assert (note.path, note.value) == ("environment.A", "'x'")
    assert note.reason == "docker run --env-file reads '\"x\"'; Compose reads 'x'"
    (note,) = read("export A=1\n").losses
    assert note.path == "environment"
    assert "docker run --env-file refuses the file" in note.reason
    assert note.reason.endswith("(prod.env:1)")
    note = read("A: x\n", consumer="compose").losses[-1]
    assert "python-dotenv reads nothing; Compose reads 'x'" in note.reason


def test_disagreement_about_a_secret_tells_lengths_only(read):
    environment = read('DB_PASSWORD="CANARY-0123"\nURL="pg://u:CANARY@db/x"\n')
    said = repr(environment.losses)
    assert "CANARY" not in said
    assert "(secret of 13 characters)" in said
    assert len(environment.losses) == 2


def test_without_docker_compose_the_others_still_read(read, monkeypatch):
    def missing(files, given):
        raise UnreachableError("Docker Compose v2 is not installed")

    monkeypatch.setattr(dotenv_readers, "by_compose", missing)
    assert read('A="x"\n', consumer="docker").services["app"]["environment"]["A"] == '"x"'
    with pytest.raises(UnreachableError):
        read()


def test_origins_are_the_deciding_lines(read, tmp_path):
    (tmp_path / "base.env").write_text("A=1\nB=1\n")
    origins = read("# B\nB=2\n", files=["base.env", "prod.env"]).origins
    assert origins.of(("services", "app", "environment", "B")) == Origin("prod.env", 2)
    assert origins.of(("services", "app", "environment", "A")) == Origin("base.env", 1)
    assert origins.of(("services", "app", "image")) == Origin("prod.env")
    assert dotenv.EnvOrigins(tmp_path, ()).of(("services",)) is None


def test_the_usual_file_is_found_by_itself(read, tmp_path):
    (tmp_path / ".env").write_text("A=1\n")
    assert read(files=()).services["app"]["environment"] == {"A": "1"}


def test_bad_requests_are_told(read, tmp_path):
    for files in (["no.env"], ["a\0b"], [""]):
        with pytest.raises(DefinitionError) as caught:
            read(files=files)
        assert caught.value.next_step
    with pytest.raises(UsageError) as caught:
        read("A=1", consumer="node")
    assert "compose, docker, python-dotenv" in caught.value.next_step
    (tmp_path / "prod.env").write_bytes(b"A=\xe9\n")
    with pytest.raises(DefinitionError) as caught:
        read()
    assert caught.value.where.endswith("prod.env:1")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (".env", True), (".env.prod", True), ("prod.env", True), ("env.example", True),
        (".env.prod-sample", True), ("environment", False), ("env", False), ("compose.yaml", False),
        (".env.yaml", False), ("env.json", False), ("my.envelope", False), ("env.py", False),
    ],
)  # fmt: skip
def test_env_files_are_known_by_their_names(tmp_path, name, said):
    assert not dotenv.recognises(tmp_path / name)
    (tmp_path / name).write_text("A=1\n")
    assert dotenv.recognises(tmp_path / name) is said
