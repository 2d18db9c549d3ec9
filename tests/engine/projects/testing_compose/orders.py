"""A project's tests as people write them for testcontainers-python's DockerCompose."""

import subprocess
import urllib.request
from pathlib import Path

import pytest
from testcontainers.compose import ContainerIsNotRunning, DockerCompose, NoSuchPortExposed
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def compose():
    made = DockerCompose(
        context=str(HERE),
        compose_file_name="docker-compose.yml",
        env_file=str(HERE / "tests.env"),
        services=["web"],
    )
    with made.waiting_for({"web": LogMessageWaitStrategy("Serving HTTP")}) as running:
        yield running


def query(compose, sql):
    command = ["env", "PGPASSWORD=open-sesame-0815", "psql", "-h", "127.0.0.1", "-U", "tester"]
    out, _, code = compose.exec_in_container([*command, "-d", "orders", "-Atc", sql], "db")
    assert code == 0
    return out.strip()


def test_the_page_is_served(compose):
    host = compose.get_service_host("web", 8000)
    port = compose.get_service_port("web", 8000)
    assert (host, port) == compose.get_service_host_and_port("web", 8000)
    url = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}/"
    compose.wait_for(url)
    with urllib.request.urlopen(url) as answer:
        assert answer.read().decode() == "hello from the tests"


def test_the_database_takes_the_password_of_the_file(compose):
    query(compose, "create table orders (id int)")
    query(compose, "insert into orders values (1), (2)")
    assert query(compose, "select count(*) from orders") == "2"


def test_data_stays_from_test_to_test(compose):
    assert query(compose, "select sum(id) from orders") == "3"


def test_what_was_asked_for_runs_with_what_it_needs(compose):
    found = {container.Service: container for container in compose.get_containers()}
    assert found.keys() == {"db", "web"}
    assert found["db"].State == "running"
    assert found["db"].Health == "healthy"
    assert found["web"].ID and found["web"].Name and found["web"].ExitCode == 0
    assert compose.get_container("web").ID == found["web"].ID


def test_publishers(compose):
    publisher = compose.get_container("db").get_publisher(by_port=5432)
    assert publisher.TargetPort == 5432
    assert publisher.PublishedPort == compose.get_service_port("db", 5432)
    assert publisher.Protocol == "tcp"


def test_logs(compose):
    out, err = compose.get_logs("web")
    assert "Serving HTTP" in out + err
    everything = "".join(compose.get_logs())
    assert "database system is ready" in everything


def test_the_definition(compose):
    assert compose.get_config()["services"]["db"]["environment"]["POSTGRES_DB"] == "orders"


def test_a_command_that_fails(compose):
    with pytest.raises(subprocess.CalledProcessError) as raised:
        compose.exec_in_container(["sh", "-c", "echo no >&2; exit 3"], "web")
    assert raised.value.returncode == 3


def test_what_is_not_there(compose):
    with pytest.raises(ContainerIsNotRunning):
        compose.get_container("unused")
    with pytest.raises(NoSuchPortExposed):
        compose.get_service_port("db", 1234)
