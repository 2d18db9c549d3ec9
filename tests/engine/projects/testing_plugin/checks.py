"""A project's tests on forks; copied beside a parity.toml as a test module."""

import time
import urllib.request
from pathlib import Path

import pytest


def redis(fork, *words):
    return fork["store"].exec(["redis-cli", *words]).output.decode().strip()


def eventually(true, seconds=30):
    """What a program says is in the engine's log a moment after it is said."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.parametrize("number", range(3))
def test_each_test_begins_from_the_state(parity_fork, number):
    assert redis(parity_fork, "get", "greeting") == "hello"
    assert redis(parity_fork, "exists", "dirty") == "0"
    redis(parity_fork, "set", "dirty", str(number))
    redis(parity_fork, "save")


def test_services_are_reached_from_here(parity_services):
    web = parity_services["web"]
    assert (web.host, web.port) == ("127.0.0.1", web.port_of(8000))
    web.wait()
    with urllib.request.urlopen(web.url) as answer:
        assert answer.read() == b"hello from mini\n"
    eventually(lambda: "GET / HTTP" in web.logs())
    assert parity_services["store"].url.startswith("redis://")
    assert parity_services.variables["REDIS_URL"] == parity_services["store"].url
    assert set(parity_services) == {"store", "web"}


@pytest.mark.parity(scope="module", services=["store"])
class TestTogether:
    def test_one_writes(self, parity_fork):
        assert set(parity_fork.services) == {"store"}
        redis(parity_fork, "set", "left", "here")

    def test_another_reads(self, parity_fork):
        assert redis(parity_fork, "get", "left") == "here"


def test_names_of_pytest_docker(docker_ip, docker_services, docker_compose_project_name):
    port = docker_services.port_for("web", 8000)

    def answers():
        with urllib.request.urlopen(f"http://{docker_ip}:{port}") as answer:
            return answer.status == 200

    docker_services.wait_until_responsive(answers, timeout=20, pause=0.1)
    assert docker_compose_project_name


def test_the_stack_of_the_run(parity_stack):
    assert redis(parity_stack, "get", "greeting") == "hello"


@pytest.mark.skipif(not Path("fail").exists(), reason="only when asked for")
def test_that_fails(parity_fork):
    urllib.request.urlopen(parity_fork.url("web")).close()
    redis(parity_fork, "set", "evidence", "kept")
    assert redis(parity_fork, "get", "evidence") == "lost"


@pytest.mark.skipif(not Path("sleep").exists(), reason="only when asked for")
def test_that_sleeps(parity_fork):
    Path("sleep").write_text(parity_fork.stack)
    time.sleep(600)
