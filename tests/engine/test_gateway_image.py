"""The gateway image on a real engine: what a service can reach, and what is written down."""

import contextlib
import json
import random
import socket
import time
import uuid
from pathlib import Path

import docker
import docker.errors
import docker.types
import pytest

from parity.stack import gateway_image

pytestmark = pytest.mark.engine

FOLDER = Path(gateway_image.__file__).parent
STACK_OPTIONS = {
    "com.docker.network.bridge.inhibit_ipv4": "true",
    "com.docker.network.bridge.enable_ip_masquerade": "false",
}
UDP_ECHO = """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("0.0.0.0", 7000))
while True:
    data, peer = s.recvfrom(2000)
    s.sendto(b"echo " + data, peer)
"""
HTTP = ["python3", "-m", "http.server"]
INTERNET, INTERNET6 = "198.51.100.7", "2001:db8::7"


def until(condition, seconds=15.0):
    """Poll for a true value and return it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    pytest.fail("the condition did not come true in time")


class Lab:
    """Networks and containers of one test module, removed at its end."""

    def __init__(self, client, stack):
        self.client = client
        self.prefix = f"gwdev-{uuid.uuid4().hex[:8]}"
        self._stack = stack
        self.image = self._build()

    def _build(self):
        tag = f"{self.prefix}-image"
        image, _ = self.client.images.build(path=str(FOLDER), tag=tag, rm=True)
        self._stack.callback(self.client.images.remove, tag)
        return image.tags[0]

    def network(self, name, *, options=None, subnet6=None):
        """A network with a free subnet; returns it with the first three bytes of its addresses."""
        for _ in range(20):
            start = f"10.{random.randint(192, 250)}.{random.randint(1, 254)}"
            pools = [docker.types.IPAMPool(subnet=f"{start}.0/24")]
            if subnet6:
                pools.append(docker.types.IPAMPool(subnet=subnet6))
            with contextlib.suppress(docker.errors.APIError):
                created = self.client.networks.create(
                    f"{self.prefix}-{name}",
                    options=options,
                    enable_ipv6=bool(subnet6),
                    ipam=docker.types.IPAMConfig(pool_configs=pools),
                )
                self._stack.callback(created.remove)
                return created, start
        pytest.fail("no free subnet found")

    def container(self, name, command, *, network=None, aliases=(), start=True, **options):
        """A container of the image under test, running something else unless `entrypoint` is given."""
        first, *rest = command
        created = self.client.containers.create(
            self.image,
            rest,
            entrypoint=options.pop("entrypoint", [first]),
            name=f"{self.prefix}-{name}",
            **({"network": network.name} if network else {}),
            **options,
        )
        self._stack.callback(created.remove, force=True)
        if network and aliases:
            network.disconnect(created)
            network.connect(created, aliases=list(aliases))
        if start:
            created.start()
        return created

    def gateway(self, name, settings, networks, **options):
        """A ready gateway; the first network decides nothing, so the edge may stand anywhere."""
        first, *others = networks
        created = self.container(
            name,
            ["run", "run"],
            entrypoint=None,
            network=first,
            start=False,
            environment={"PARITY_GATEWAY": json.dumps(settings)},
            cap_drop=["ALL"],
            cap_add=["NET_ADMIN", "NET_RAW"],
            restart_policy={"Name": "always"},
            **options,
        )
        for network in others:
            network.connect(created)
        created.start()
        until(lambda: ready_file(created))
        return created

    def on_host(self, name, command, **options):
        """A container in the host's own network namespace."""
        return self.container(name, command, network_mode="host", **options)


def ready_file(container):
    """Whether the gateway says that everything listens."""
    with contextlib.suppress(docker.errors.APIError):
        return container.exec_run(["test", "-e", "/run/parity-ready"]).exit_code == 0
    return False


def address_in(container, network):
    container.reload()
    return container.attrs["NetworkSettings"]["Networks"][network.name]["IPAddress"]


def attempt(kind, address, port=None):
    return {"label": f"{kind} {address} {port}", "kind": kind, "address": address, "port": port}


def prove(container, *attempts):
    """Outcomes of attempts made inside a container."""
    done = container.exec_run(
        ["python3", "-B", "-m", "gateway", "prove"],
        environment={"PARITY_PROVE": json.dumps(attempts)},
    )
    assert done.exit_code == 0, done.output
    return [(result["label"], result["outcome"]) for result in json.loads(done.output)]


def outcomes(container, *attempts):
    return [outcome for _, outcome in prove(container, *attempts)]


def records(container):
    return [json.loads(line) for line in container.logs(stderr=False).splitlines()]


@pytest.fixture(scope="module")
def lab():
    client = docker.from_env()
    with contextlib.closing(client), contextlib.ExitStack() as stack:
        yield Lab(client, stack)


class Stack:
    """Two stack networks, an edge, and who lives there.

    Engines before 28 publish ports on the network whose name sorts first: that has to be the edge.
    """

    def __init__(self, lab):
        self.back, self.back_start = lab.network("b-back", options=STACK_OPTIONS)
        self.front, self.front_start = lab.network("c-front", options=STACK_OPTIONS)
        self.edge, self.edge_start = lab.network("a-edge")
        self.other, _ = lab.network("other", options=STACK_OPTIONS)
        self.internet = lab.container(
            "internet", [*HTTP, "80"], network=self.edge, aliases=["api.example.com"]
        )
        self.stranger = lab.container("stranger", [*HTTP, "80"], network=self.other)
        self.host_port = random.randint(30000, 60000)
        self.host = lab.on_host("host", [*HTTP, str(self.host_port)])
        self.gateway = lab.gateway(
            "gateway",
            self.settings(),
            [self.edge, self.back, self.front],
            ports={"20000/tcp": ("127.0.0.1", None), "20001/udp": ("127.0.0.1", None)}
            | {"20002/tcp": ("127.0.0.1", None)},
        )
        self.web = self.service(lab, "web", self.front, [*HTTP, "8000"])
        self.log = self.service(lab, "log", self.back, ["python3", "-c", UDP_ECHO])
        self.client = self.service(lab, "client", self.back, ["sleep", "1000000"])

    def settings(self):
        networks = [
            {"name": name, "subnet": f"{start}.0/24", "address": f"{start}.1"}
            for name, start in (("back", self.back_start), ("front", self.front_start))
        ]
        publish = [
            {"listen": 20000, "protocol": "tcp", "service": "web", "port": 8000},
            {"listen": 20001, "protocol": "udp", "service": "log", "port": 7000},
            {"listen": 20002, "protocol": "tcp", "service": "absent", "port": 80},
        ]
        return {
            "networks": networks,
            "publish": publish,
            "allow": ["api.example.com:80", "*.cdn.example.com"],
            "names": ["web", "log", "absent"],
        }

    def service(self, lab, name, network, command):
        start = self.back_start if network is self.back else self.front_start
        return lab.container(name, command, network=network, aliases=[name], dns=[f"{start}.1"])

    def published(self, port):
        self.gateway.reload()
        (binding, *_) = self.gateway.attrs["NetworkSettings"]["Ports"][port]
        return "127.0.0.1", int(binding["HostPort"])


@pytest.fixture(scope="module")
def stack(lab):
    return Stack(lab)


def fetch(address):
    """The first line that a published web server answers."""
    with socket.create_connection(address, 5) as sock:
        sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
        return sock.recv(1000).split(b"\r\n")[0]


def answers(address):
    with contextlib.suppress(OSError):
        return b"200" in fetch(address)
    return False


def ask_udp(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.5)
        sock.sendto(b"hello", address)
        with contextlib.suppress(OSError):
            return sock.recv(100)
    return b""


def host_addresses(stack):
    """The host's addresses: its own, and those of bridges."""
    found = json.loads(stack.host.exec_run(["ip", "-j", "-4", "address"]).output)
    locals_ = [info["local"] for link in found for info in link.get("addr_info", ())]
    return [address for address in locals_ if not address.startswith("127.")]


def test_the_controls_would_answer(lab, stack):
    """Without the guard the same attempts get through, so the refusals below mean something."""
    plain = lab.container("plain", ["sleep", "1000"], network=stack.edge)
    internet = address_in(stack.internet, stack.edge)
    found = outcomes(
        plain,
        attempt("tcp", internet, 80),
        attempt("icmp", internet),
        attempt("tcp", f"{stack.edge_start}.1", stack.host_port),
    )
    assert found == ["connected", "answered", "connected"]


def test_the_host_is_out_of_reach(stack):
    """At the gateway address, at its bridges' addresses and at its own."""
    targets = [f"{stack.back_start}.1", *host_addresses(stack)]
    found = prove(stack.client, *(attempt("tcp", a, stack.host_port) for a in targets))
    assert {outcome for _, outcome in found} == {"reset"}, found
    assert len(found) >= 3


@pytest.mark.parametrize(
    ("kind", "address", "port", "outcome"),
    [
        ("tcp", INTERNET, 443, "reset"),
        ("tcp", "169.254.169.254", 80, "reset"),
        ("udp", INTERNET, 123, "refused"),
        ("icmp", INTERNET, None, "timeout"),
        ("dns", "db.prod.example.com", None, "nxdomain"),
        ("tcp", INTERNET, 53, "reset"),
        ("udp", INTERNET, 53, "timeout"),
        ("tcp", INTERNET6, 443, "unreachable"),
        ("udp", INTERNET6, 443, "unreachable"),
    ],
)
def test_outside_is_out_of_reach(stack, kind, address, port, outcome):
    """Refused in the way that a program notices soonest; port 53 is the gateway's name server."""
    assert outcomes(stack.client, attempt(kind, address, port)) == [outcome]


def test_other_containers_are_out_of_reach(stack):
    """Another stack's, the edge's, and those of a network of this stack one is not part of."""
    found = outcomes(
        stack.client,
        attempt("tcp", address_in(stack.stranger, stack.other), 80),
        attempt("tcp", address_in(stack.internet, stack.edge), 80),
        attempt("tcp", address_in(stack.web, stack.front), 8000),
        attempt("icmp", address_in(stack.internet, stack.edge)),
        attempt("icmp", address_in(stack.web, stack.front)),
    )
    assert found == ["reset", "reset", "reset", "timeout", "timeout"]


def test_the_gateways_own_ports_are_out_of_reach(stack):
    """By none of its addresses: not the published ports, not the router's, not the name server's.

    The kernel says `refused` to one address six times, then once a second (icmp(7), icmp_ratelimit):
    then a datagram is dropped in silence.
    """
    addresses = [address_in(stack.gateway, n) for n in (stack.back, stack.front, stack.edge)]
    tcp = [attempt("tcp", a, port) for a in addresses for port in (20000, 15001, 15053)]
    udp = [attempt("udp", a, port) for a in addresses for port in (20001, 15053)]
    pings = [attempt("icmp", address) for address in addresses]
    assert set(outcomes(stack.client, *tcp)) == {"reset"}
    assert set(outcomes(stack.client, *udp)) <= {"refused", "timeout"}
    assert set(outcomes(stack.client, *pings)) == {"timeout"}


def test_the_gateway_answers_the_edge_on_published_ports_only(lab, stack):
    """Its name server and its router are not there for the neighbours."""
    neighbour = lab.container("neighbour", ["sleep", "1000"], network=stack.edge)
    address = address_in(stack.gateway, stack.edge)
    tcp = [attempt("tcp", address, port) for port in (20000, 15001, 15053)]
    assert outcomes(neighbour, *tcp) == ["connected", "timeout", "timeout"]


def test_services_of_one_network_reach_each_other(lab, stack):
    """The guard is for what leaves."""
    peer = stack.service(lab, "peer", stack.front, ["sleep", "1000"])
    assert outcomes(peer, attempt("tcp", "web", 8000)) == ["connected"]


def test_an_allowed_host_is_reached_by_its_name(stack):
    """On its port, by its name, and in no other way."""
    found = outcomes(
        stack.client,
        attempt("tcp", "api.example.com", 80),
        attempt("tcp", "api.example.com", 443),
        attempt("tcp", "198.18.0.1", 80),
        attempt("udp", "api.example.com", 80),
        attempt("dns", "img.cdn.example.com"),
        attempt("dns", "cdn.example.com"),
    )
    assert found == ["connected", "reset", "reset", "refused", "answered", "nxdomain"]


def test_attempts_are_recorded(stack):
    """With their source, destination and name; own names are not news."""
    source = address_in(stack.client, stack.back)
    prove(
        stack.client,
        attempt("tcp", "203.0.113.5", 5432),
        attempt("udp", "203.0.113.6", 8125),
        attempt("icmp", "203.0.113.7"),
        attempt("dns", "recorded.example.com"),
        attempt("dns", "absent"),
        attempt("tcp", "api.example.com", 80),
    )
    keys = ("event", "protocol", "source", "address", "port", "name", "name_from")
    expected = {
        ("refused", "tcp", source, "203.0.113.5", 5432, None, None),
        ("refused", "udp", source, "203.0.113.6", 8125, None, None),
        ("refused", "icmp", source, "203.0.113.7", None, None, None),
        ("dns-refused", "dns", source, None, 53, "recorded.example.com", "dns"),
        ("allowed", "tcp", source, "198.18.0.1", 80, "api.example.com", "http"),
    }

    def seen():
        return {tuple(r.get(key) for key in keys) for r in records(stack.gateway)}

    until(lambda: expected <= seen())
    assert not any(record[5] == "absent" for record in seen())


def test_published_ports_answer(stack):
    """TCP and UDP, through the edge."""
    assert until(lambda: answers(stack.published("20000/tcp")))
    assert until(lambda: ask_udp(stack.published("20001/udp"))) == b"echo hello"


def test_published_traffic_is_not_recorded(stack):
    """Only what services attempt is."""
    time.sleep(1.3)  # Earlier tests' repeats are held back for a second.
    before = len(records(stack.gateway))
    until(lambda: answers(stack.published("20000/tcp")))
    until(lambda: ask_udp(stack.published("20001/udp")))
    time.sleep(1.3)  # Longer than repeats are held back.
    assert len(records(stack.gateway)) == before


def test_a_published_port_of_an_absent_service_is_reset(stack):
    """Its name is not looked for outside."""
    address = stack.published("20002/tcp")
    with contextlib.suppress(ConnectionResetError):
        assert fetch(address) == b""


def test_the_default_route_leaves_by_the_edge(lab):
    """Also where the engine prefers a stack network because its name sorts first."""
    back, back_start = lab.network("m-back", options=STACK_OPTIONS)
    edge, edge_start = lab.network("z-edge")
    network = {"name": "m", "subnet": f"{back_start}.0/24", "address": f"{back_start}.1"}
    gateway = lab.gateway("late-edge", {"networks": [network]}, [edge, back])
    routes = json.loads(gateway.exec_run(["ip", "-j", "route", "show", "default"]).output)
    assert [route["gateway"] for route in routes] == [f"{edge_start}.1"]


def test_rules_can_be_installed_again(stack):
    """The same rules afterwards."""
    script = (
        "import asyncio, os\n"
        "from gateway import firewall, netns, settings\n"
        "s = settings.parse(os.environ['PARITY_GATEWAY'])\n"
        "legs = asyncio.run(netns.find_legs(s.networks))\n"
        "firewall.apply(legs, s.publish); netns.take_addresses(legs); netns.leave_by_edge(legs)\n"
    )
    show = ["sh", "-c", "iptables -S; iptables -t nat -S; ip6tables -S; ip address; ip route"]
    before = stack.gateway.exec_run(show).output
    assert stack.gateway.exec_run(["python3", "-B", "-c", script]).exit_code == 0
    assert stack.gateway.exec_run(show).output == before


def test_a_killed_gateway_heals(lab, stack):
    """The engine starts it again, and guard and published ports are back."""
    stack.gateway.reload()
    pid, started = stack.gateway.attrs["State"]["Pid"], stack.gateway.attrs["State"]["StartedAt"]
    lab.container("killer", ["python3", "-c", f"import os; os.kill({pid}, 9)"], pid_mode="host")

    def restarted():
        stack.gateway.reload()
        return stack.gateway.attrs["State"]["StartedAt"] != started and ready_file(stack.gateway)

    until(restarted)
    assert until(lambda: answers(stack.published("20000/tcp")))
    attempts = attempt("tcp", INTERNET, 443), attempt("tcp", "api.example.com", 80)
    assert outcomes(stack.client, *attempts) == ["reset", "connected"]


def test_without_a_gateway_nothing_leaves(lab, stack):
    """A stack network fails closed."""
    lonely = lab.container("lonely", ["sleep", "1000"], network=stack.other)
    targets = [INTERNET, address_in(stack.internet, stack.edge), f"{stack.edge_start}.1"]
    found = outcomes(lonely, *(attempt("tcp", a, stack.host_port) for a in targets))
    assert not {"connected", "reset"} & set(found), found


def test_ipv6_is_guarded_like_ipv4(lab, stack):
    """Where the host has no address on the network's bridge."""
    block = f"fd00:{random.randint(1, 65535):x}:{random.randint(1, 65535):x}"
    six, start = lab.network("six", options=STACK_OPTIONS, subnet6=f"{block}::/64")
    # Engines before 28 give the bridge the IPv6 gateway address whatever they were told.
    lab.on_host(
        "flush", ["ip", "-6", "address", "flush", "dev", f"br-{six.id[:12]}"], cap_add=["NET_ADMIN"]
    ).wait()
    settings = {
        "networks": [
            {
                "name": "six",
                "subnet": f"{start}.0/24",
                "address": f"{start}.1",
                "subnet6": f"{block}::/64",
                "address6": f"{block}::1",
            }
        ]
    }
    gateway = lab.gateway("gateway6", settings, [stack.edge, six])
    client = lab.container("client6", ["sleep", "1000"], network=six, dns=[f"{start}.1"])
    found = outcomes(
        client,
        attempt("tcp", INTERNET6, 443),
        attempt("tcp", f"{block}::1", stack.host_port),
        attempt("udp", INTERNET6, 443),
        attempt("icmp", INTERNET6),
        attempt("tcp", INTERNET, 443),
    )
    assert found == ["reset", "reset", "refused", "timeout", "reset"]
    until(lambda: any(r.get("address") == INTERNET6 for r in records(gateway)))


def test_services_have_no_ipv6_where_the_network_has_none(stack):
    """Not even a link-local address, by which the host's bridge could be reached."""
    assert (
        stack.client.exec_run(["ip", "-6", "-br", "address", "show", "dev", "eth0"]).output == b""
    )


def test_wait_and_limits_work_by_exec(stack):
    """As readiness probes use them."""
    wait = ["python3", "-B", "-m", "gateway", "wait", "--kind", "http", "--host"]
    done = stack.web.exec_run([*wait, "127.0.0.1", "--port", "8000", "--timeout", "5"])
    assert done.exit_code == 0, done.output
    done = stack.web.exec_run(["python3", "-B", "-m", "gateway", "limits"])
    assert "nofile" in json.loads(done.output)


def test_wrong_settings_end_with_2(lab):
    """And say why in one line."""
    broken = lab.container(
        "broken", ["run", "run"], entrypoint=None, environment={"PARITY_GATEWAY": "{}"}
    )
    assert broken.wait()["StatusCode"] == 2
    assert broken.logs().count(b"\n") == 1


def test_sigterm_ends_it_cleanly(stack):
    """Last, because it ends the gateway: not killed after a delay."""
    stack.gateway.stop(timeout=10)
    stack.gateway.reload()
    assert stack.gateway.attrs["State"]["ExitCode"] == 0
