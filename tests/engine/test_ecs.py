"""A production that is an ECS task, brought up on the real engine from its task definition."""

import urllib.request

import pytest

pytestmark = pytest.mark.engine


@pytest.fixture
def task(project):
    """The project `ecs`, up."""
    made = project("ecs")
    made.up = made.json("up")
    return made


def test_a_task_is_one_host_with_its_secrets_and_its_order(task, client):
    readiness = task.up["readiness"]
    assert (readiness["prepare"], readiness["side"]) == ("completed", "healthy")
    address = next(p["address"] for p in task.up["ports"] if p["target"] == 8000)
    with urllib.request.urlopen(f"http://{address}/", timeout=5) as answer:
        token, prepared, password = answer.read().decode().split()
    assert (len(token), prepared, len(password)) == (20, "prepared", 24)
    web = client.containers.get(f"{task.up['stack']}-web-1")
    ping = "import socket; s=socket.create_connection(('127.0.0.1', 6379)); s.send(b'PING\\r\\n'); print(s.recv(9))"
    assert b"PONG" in web.exec_run(["python3", "-c", ping]).output, "containers share localhost"
    assert web.attrs["HostConfig"]["Ulimits"][0]["Soft"] == 4096

    proof = task.json("egress", "--prove")
    assert proof["attempts"] and all(row["held"] for row in proof["attempts"])
    assert not task.json("up")["changed"]

    rows = {row["path"]: row for row in task.json("config", "--overrides")["overrides"]}
    assert "secret on production's hosts" in rows["services.web.secrets"]["reason"]
    assert any(row["path"] == "ecs:memory" for row in task.json("config", "--losses"))
