"""The guard as the command line sets it up: nothing leaves but to allowed hosts."""

import pytest

pytestmark = pytest.mark.engine

FETCH = "import urllib.request,sys; sys.stdout.write(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode())"


def fetch(project, url: str):
    return project.parity("exec", "web", "python3", "-c", FETCH, url, check=False)


@pytest.fixture
def internet(client):
    """Puts hosts of "the internet" on a stack's edge network; only the gateway has a leg there."""
    made = []

    def put(project, *names: str) -> None:
        image = client.containers.get(f"{project.name}-web-1").image
        for name in names:
            container = client.containers.create(
                image,
                entrypoint=["python3", "-c", (f"import http.server as h\nclass H(h.BaseHTTPRequestHandler):\n"
                            f" def do_GET(s): s.send_response(200); s.end_headers(); s.wfile.write(b'{name}')\n"
                            "h.ThreadingHTTPServer(('', 9000), H).serve_forever()")],
                init=True, labels={"dev.parity.test": "internet"},
            )  # fmt: skip
            made.append(container)
            client.api.connect_container_to_network(
                container.id, f"{project.name}-edge", aliases=[name]
            )
            container.start()

    yield put
    for container in made:
        container.remove(force=True)


def test_an_allowed_host_is_reached_by_name_and_port_and_no_other(project, internet, client, until):
    mini = project()
    with (mini.root / "parity.toml").open("a") as file:
        file.write('\n[egress]\nallow = ["api.allowed.example:9000"]\n')
    mini.parity("up")
    internet(mini, "api.allowed.example", "api.other.example")
    until(lambda: fetch(mini, "http://api.allowed.example:9000/").stdout == "api.allowed.example")
    assert fetch(mini, "http://api.other.example:9000/").returncode != 0, "another name"
    assert fetch(mini, "http://api.allowed.example:9001/").returncode != 0, "another port"
    address = client.api.inspect_network(f"{mini.name}-edge")["Containers"].values()
    direct = next(c["IPv4Address"].split("/")[0] for c in address if "gateway" not in c["Name"])
    assert fetch(mini, f"http://{direct}:9000/").returncode != 0, "its address instead of its name"
    records = mini.json("egress")["records"]
    events = {(r["event"], r.get("name")) for r in records}
    assert ("allowed", "api.allowed.example") in events
    assert ("dns-refused", "api.other.example") in events
    assert mini.json("egress", "--prove")["holds"], "the proof holds beside an allowed host"


def test_what_services_try_is_listed_with_the_service_and_the_proof_is_not(project):
    mini = project()
    mini.parity("up")
    mini.parity("egress", "--prove")
    assert fetch(mini, "http://telemetry.vendor.example/").returncode != 0
    assert fetch(mini, "http://203.0.113.9:8125/").returncode != 0
    records = mini.json("egress")["records"]
    seen = {(r["service"], r.get("name") or r.get("address")) for r in records}
    assert seen == {("web", "telemetry.vendor.example"), ("web", "203.0.113.9")}


def test_without_a_gateway_nothing_gets_out_either(project, client):
    mini = project()
    mini.parity("up")
    client.containers.get(f"{mini.name}-parity-gateway-1").stop(timeout=1)
    assert fetch(mini, "http://203.0.113.9/").returncode != 0
    host = client.api.inspect_network("bridge")["IPAM"]["Config"][0].get("Gateway", "172.17.0.1")
    assert fetch(mini, f"http://{host}:9/").returncode != 0
    mini.parity("up")
    assert mini.json("egress", "--prove")["holds"]


def test_the_proof_sees_a_way_out_where_there_is_one(project, client):
    mini = project()
    mini.parity("up")
    web = client.containers.get(f"{mini.name}-web-1")
    client.networks.get("bridge").connect(web)
    done = mini.parity("egress", "--prove", check=False)
    assert done.returncode == 1
    assert "OPEN" in done.stdout
    assert "the guard does not hold" in done.stderr
