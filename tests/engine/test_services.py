"""Services, ingress and pods of a cluster on the real engine, from a document that lists them."""

import contextlib
import http.client
import json
import re
import socket
import ssl
import urllib.error
import urllib.request

import pytest

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("services")]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory, client, open_project):
    """The project `cluster`, up for all tests of this file."""
    import shutil
    from pathlib import Path

    root = tmp_path_factory.mktemp("cluster") / "project"
    shutil.copytree(Path(__file__).parent / "projects" / "cluster", root)
    project = open_project(root, {})
    try:
        project.up = project.json("up")
        yield project
    finally:
        project.parity("down", "--volumes", check=False)


def inside(cluster, client, service: str, program: str):
    """What a Python program prints, as JSON, in a container of the stack."""
    container = client.containers.get(f"{cluster.up['stack']}-{service}-1")
    code, said = container.exec_run(["python3", "-c", program])
    assert code == 0, said.decode()
    return json.loads(said)


def answers(cluster, client, url: str, count: int = 4, service: str = "echo"):
    """`count` answers to one URL, asked from inside the stack, each by a connection of its own."""
    program = (
        "import json, urllib.request as u\n"
        f"print(json.dumps([json.load(u.urlopen({url!r}, timeout=5)) for _ in range({count})]))"
    )
    return inside(cluster, client, service, program)


def door(cluster, *, tls: bool) -> int:
    target = 443 if tls else 80
    rows = [p for p in cluster.up["ports"] if p["service"] == "ingress" and p["target"] == target]
    return int(rows[0]["address"].rpartition(":")[2])


def ask(cluster, path: str, host: str = "shop.example", **headers: str):
    request = urllib.request.Request(f"http://127.0.0.1:{door(cluster, tls=False)}{path}")
    for name, value in {"Host": host, **headers}.items():
        request.add_header(name, value)
    with urllib.request.urlopen(request, timeout=5) as answer:
        return json.load(answer)


@pytest.mark.parametrize("name", ["web", "web.shop", "web.shop.svc.cluster.local"])
def test_a_service_maps_its_port_and_spreads_over_replicas(cluster, client, name):
    found = answers(cluster, client, f"http://{name}/")
    assert {row["port"] for row in found} == {8000}
    assert len({row["host"] for row in found}) == 2


def test_a_pod_is_one_host_with_two_programs_and_has_a_twin(cluster, client):
    owners = {row["host"] for row in answers(cluster, client, "http://pod:9000/")}
    beside = {row["host"] for row in answers(cluster, client, "http://pod:81/")}
    assert owners == beside and len(owners) == 2
    local = answers(cluster, client, "http://127.0.0.1:9000/", 1, service="pod-side")
    assert local[0]["port"] == 9000


def test_init_containers_ran_in_order_before_the_pod(cluster, client):
    read = "import json; print(json.dumps(open('/work/steps').read().split()))"
    steps = inside(cluster, client, "pod", read)
    # Each of the two pods has its own, and here they share the folder.
    assert sorted(steps) == ["first", "first", "second", "second"]
    assert (steps[0], steps[-1]) == ("first", "second")
    assert cluster.up["readiness"]["pod-init-second"] == "completed"


def test_a_job_whose_first_attempts_come_too_early_is_waited_for(cluster, client):
    assert cluster.up["readiness"]["fill"] == "completed"
    for name, port in (("storage", 6380), ("cache.shop.svc.cluster.local", 6379)):
        program = (
            "import json, socket\n"
            f"s = socket.create_connection(({name!r}, {port}), 5)\n"
            "s.sendall(b'GET greeting\\r\\n')\n"
            "print(json.dumps(s.recv(99).decode()))"
        )
        assert "hello" in inside(cluster, client, "echo", program)


@pytest.mark.parametrize("port", [7, 53])
def test_datagrams_are_relayed_even_where_dns_would_take_them(cluster, client, port):
    program = (
        "import json, socket\n"
        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        f"s.settimeout(5); s.connect(('echo.shop.svc.cluster.local', {port})); s.send(b'hello')\n"
        "print(json.dumps(s.recv(99).decode()))"
    )
    assert inside(cluster, client, "web", program) == "HELLO"


def test_a_dead_replica_is_passed_over(cluster, client):
    container = client.containers.get(f"{cluster.up['stack']}-web-1")
    container.pause()
    container.unpause()
    container.stop(timeout=1)
    found = answers(cluster, client, "http://web/")
    assert len({row["host"] for row in found}) == 1
    cluster.parity("up")
    assert len({row["host"] for row in answers(cluster, client, "http://web/")}) == 2


def test_an_external_name_leads_nowhere_and_is_recorded(cluster, client):
    program = (
        "import json, socket\n"
        "try: print(json.dumps(socket.gethostbyname('bank')))\n"
        "except OSError as error: print(json.dumps(None))"
    )
    assert inside(cluster, client, "echo", program) is None
    assert "pay.acquirer-bank.example" in cluster.parity("egress").stdout


@pytest.mark.parametrize(
    ("path", "port"),
    [("/", 8000), ("/other", 8000), ("/side", 9001), ("/side/below?x=1", 9001),
     ("/sideways", 8000), ("/side/exact", 8000), ("/side/exact/not", 9001)],
)  # fmt: skip
def test_the_ingress_routes_by_path(cluster, path, port):
    found = ask(cluster, path)
    assert (found["port"], found["path"]) == (port, path)


def test_the_ingress_tells_the_service_who_asked(cluster):
    headers = ask(cluster, "/", **{"X-Forwarded-For": "198.51.100.1"})["headers"]
    assert headers["Host"] == headers["X-Forwarded-Host"] == "shop.example"
    assert headers["X-Forwarded-Proto"] == "http"
    assert headers["X-Forwarded-For"].count(".") == 3
    assert headers["X-Forwarded-For"] != "198.51.100.1"


@pytest.mark.parametrize(
    ("path", "host", "status"), [("/", "other.example", 404), ("/gone", "any.example", 503)]
)
def test_what_no_rule_or_container_answers_is_told(cluster, path, host, status):
    with pytest.raises(urllib.error.HTTPError) as caught:
        ask(cluster, path, host)
    with contextlib.closing(caught.value) as answer:
        assert answer.code == status


def browser(cluster) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", door(cluster, tls=False), timeout=5)


def test_one_connection_carries_requests_to_several_services(cluster):
    found, sockets = [], set()
    with contextlib.closing(browser(cluster)) as connection:
        for path, body in (("/", None), ("/side", b"x" * 100_000), ("/other", None)):
            connection.request("POST" if body else "GET", path, body, {"Host": "shop.example"})
            found.append(json.loads(connection.getresponse().read()))
            sockets.add(connection.sock)
    assert [row["port"] for row in found] == [8000, 9001, 8000]
    assert found[1]["length"] == 100_000
    assert len(sockets) == 1, "the connection was kept"


def test_chunks_pass_both_ways_as_they_come(cluster):
    host = {"Host": "shop.example"}
    with contextlib.closing(browser(cluster)) as connection:
        connection.request("POST", "/", iter([b"one", b"two"]), host, encode_chunked=True)
        assert json.loads(connection.getresponse().read())["length"] == 6
        connection.request("GET", "/stream", headers=host)
        answer = connection.getresponse()
        assert answer.read(3) == b"one"
        assert answer.read() == b"twothree"


def test_a_connection_can_be_upgraded(cluster):
    with socket.create_connection(("127.0.0.1", door(cluster, tls=False)), 5) as sock:
        sock.sendall(
            b"GET /side HTTP/1.1\r\nHost: shop.example\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"
        )
        head = b""
        while b"\r\n\r\n" not in head:
            head += sock.recv(1024)
        assert b" 101 " in head.split(b"\r\n")[0]
        sock.sendall(b"hello")
        assert sock.recv(1024) == b"HELLO"


def test_the_ingress_has_a_certificate_of_the_local_authority(cluster):
    authority = next((cluster.root / ".parity").glob("*/authority/authority.pem"))
    context = ssl.create_default_context(cafile=str(authority))
    with (
        socket.create_connection(("127.0.0.1", door(cluster, tls=True)), 5) as plain,
        context.wrap_socket(plain, server_hostname="shop.example") as secured,
    ):
        secured.sendall(b"GET / HTTP/1.1\r\nHost: shop.example\r\nConnection: close\r\n\r\n")
        answer = b""
        while piece := secured.recv(4096):
            answer += piece
    assert b'"X-Forwarded-Proto": "https"' in answer


def test_the_guard_holds_with_services_and_ingress(cluster):
    proof = cluster.json("egress", "--prove")
    assert proof["attempts"] and all(row["held"] for row in proof["attempts"])
    assert all(row["held"] for row in proof["ports"]) and len(proof["ports"]) == 2


def test_what_became_of_services_and_ingress_is_listed(cluster):
    rows = {r["path"]: r for r in cluster.json("config", "--overrides")["overrides"]}
    web = rows["x-parity.services.web"]
    assert web["production"] == "web: 80/tcp to 8000"
    assert re.fullmatch(r"relayed by the gateway at 198\.19\.\d+\.\d+", web["local"])
    assert rows["x-parity.services.cache"]["local"] == "names of store"
    assert rows['x-parity.ingress["shop.example/side"]']["production"] == "Service pod:81"
    losses = cluster.json("config", "--losses")
    assert [row["value"] for row in losses] == ["nobody:80"]


def test_a_second_up_does_nothing_and_a_lost_owner_takes_its_companion_along(cluster, client):
    assert not cluster.json("up")["changed"]
    client.containers.get(f"{cluster.up['stack']}-pod-1").remove(force=True)
    cluster.parity("up")
    local = answers(cluster, client, "http://127.0.0.1:9000/", 1, service="pod-side")
    assert local[0]["port"] == 9000
    assert not cluster.json("up")["changed"]
