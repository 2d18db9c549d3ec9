"""Where the engine is: as the docker CLI decides it."""

import hashlib
import json

import pytest

from parity import compose_cli
from parity.engine import address
from parity.engine.address import find
from parity.errors import EngineError


@pytest.fixture
def docker_config(tmp_path, monkeypatch):
    monkeypatch.delenv("DOCKER_HOST")
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setattr(compose_cli, "_sockets", list)

    def add(name, url, *, tls=False, current=True):
        key = hashlib.sha256(name.encode()).hexdigest()
        meta = tmp_path / "contexts" / "meta" / key / "meta.json"
        meta.parent.mkdir(parents=True)
        meta.write_text(json.dumps({"Endpoints": {"docker": {"Host": url}}}))
        if tls:
            (tmp_path / "contexts" / "tls" / key / "docker").mkdir(parents=True)
        if current:
            (tmp_path / "config.json").write_text(json.dumps({"currentContext": name}))

    add.folder = tmp_path
    return add


def test_docker_host_comes_first(docker_config, monkeypatch):
    docker_config("far", "ssh://far")
    monkeypatch.setenv("DOCKER_HOST", "tcp://here:2376")
    monkeypatch.setenv("DOCKER_CERT_PATH", "/certs")
    assert (find().url, find().source, find().tls) == ("tcp://here:2376", "DOCKER_HOST", "")
    monkeypatch.setenv("DOCKER_TLS_VERIFY", "1")
    assert find().tls == "/certs"


def test_then_the_context_in_use(docker_config, monkeypatch):
    docker_config("far", "tcp://far:2376", tls=True)
    docker_config("near", "unix:///near.sock", current=False)
    assert (find().url, find().source) == ("tcp://far:2376", "context far")
    assert find().tls.endswith("/docker")
    monkeypatch.setenv("DOCKER_CONTEXT", "near")
    assert (find().url, find().tls) == ("unix:///near.sock", "")


@pytest.mark.parametrize("config", ["", "{", "[]", "{}", '{"currentContext": "default"}', "5"])
def test_then_the_usual_socket_whatever_the_configuration_holds(docker_config, config):
    (docker_config.folder / "config.json").write_text(config)
    assert find().url == compose_cli.DEFAULT_SOCKET


def test_a_socket_that_exists_is_preferred(docker_config, monkeypatch, tmp_path):
    (tmp_path / "docker.sock").touch()
    monkeypatch.setattr(
        compose_cli, "_sockets", lambda: ["unix:///no", f"unix://{tmp_path}/docker.sock"]
    )
    assert find().url == f"unix://{tmp_path}/docker.sock"


@pytest.mark.parametrize(("url", "socket"), [("unix:///a.sock", "/a.sock"), ("tcp://a:1", "")])
def test_only_a_socket_is_on_this_machine(url, socket):
    assert address.Address(url, "x").socket == socket
    assert address.Address(url, "x").is_local is bool(socket)


def test_a_context_that_is_not_there_is_an_error_and_not_another_engine(docker_config, monkeypatch):
    monkeypatch.setenv("DOCKER_CONTEXT", "misspelt")
    with pytest.raises(EngineError, match="no docker context `misspelt`"):
        find()


def test_a_context_can_be_named(docker_config, monkeypatch):
    docker_config("far", "tcp://far:2376", tls=True, current=False)
    docker_config("near", "unix:///near.sock")
    assert (address.named("far").url, address.named("far").source) == (
        "tcp://far:2376",
        "context far",
    )
    assert address.named("far").tls.endswith("/docker")
    assert address.named("").url == "unix:///near.sock"
    assert address.named("ssh://me@far").url == "ssh://me@far"
    assert address.named("default").url == compose_cli.DEFAULT_SOCKET
    with pytest.raises(EngineError) as caught:
        address.named("nobody")
    assert "ssh://user@host" in caught.value.next_step
