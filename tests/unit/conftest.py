"""What unit tests share: a closed network, documents under rewriting, projects, and a fake engine."""

import ipaddress
import json
import socket
import socketserver
import sys
import threading
from http.server import BaseHTTPRequestHandler
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "unit",
    deadline=None,
    database=None,
    derandomize=True,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("unit")

DIGEST = "sha256:" + "a1" * 32


def _is_here(host):
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return str(host) in ("", "localhost")


@pytest.fixture(autouse=True)
def _no_network(request, monkeypatch):
    """Connections leave this machine only if a test is marked `engine`."""
    if request.node.get_closest_marker("engine"):
        return

    def guarded(name):
        real = getattr(socket.socket, name)

        def connect(self, address):
            if self.family in (socket.AF_INET, socket.AF_INET6):
                # Connecting a datagram socket sends nothing.
                outside = not _is_here(address[0]) and self.type & socket.SOCK_STREAM
                assert not outside, f"a unit test connects to {address[0]}"
            return real(self, address)

        return connect

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, guarded(name))
    real = socket.getaddrinfo

    def getaddrinfo(host, *args, **kwargs):
        name = host.decode() if isinstance(host, bytes) else str(host or "")
        try:
            ipaddress.ip_address(name.partition("%")[0])
        except ValueError:
            if not _is_here(name):
                raise socket.gaierror(socket.EAI_NONAME, "unit tests resolve no names") from None
        return real(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.fixture
def environment(tmp_path):
    """Make an environment from services and other sections of a document."""
    from parity.model.environment import Environment

    def make(services=None, **sections):
        document = {"name": "shop", "services": services or {}, **sections}
        return Environment("prod", "compose", (str(tmp_path / "compose.yaml"),), document)

    return make


@pytest.fixture
def draft(environment):
    """Make a draft from services and other sections of a document."""
    from parity.stack.draft import Draft

    return lambda services=None, **sections: Draft(environment(services, **sections))


@pytest.fixture
def context(tmp_path):
    """Make a context with harmless defaults; tables of parity.toml are given by name."""
    from parity.model.project import Project
    from parity.model.stack import Identity
    from parity.paths import ProjectPaths, ensure_state
    from parity.stack.context import Allocations, Context, EngineFacts
    from parity.stack.secrets import Vault

    def make(*, pins=None, engine=(27, 0, 0), hard_limits=None, fragments=None, **tables):
        project = Project(**tables)
        paths = ProjectPaths(tmp_path)
        ensure_state(paths.state)
        subnets, ports = {}, {}

        def subnet(key):
            return subnets.setdefault(key, f"10.231.{len(subnets)}.0/24")

        def port(key, protocol, wish):
            return ports.setdefault(key, wish or 20000 + len(ports))

        return Context(
            project=project,
            identity=Identity("shop-abc123", "shop", str(tmp_path)),
            paths=paths,
            pins=pins or {},
            engine=EngineFacts(engine, "amd64", hard_limits or {}),
            vault=Vault(paths.secrets, "shop-abc123", project.secrets),
            allocations=Allocations(port, subnet),
            gateway_image="parity-gateway:0123",
            fragments=fragments or {},
        )

    return make


@pytest.fixture
def overrides_of():
    """Written path -> record, for looking at what was rewritten."""
    return lambda draft: {row.as_json()["path"]: row for row in draft.overrides}


@pytest.fixture
def project(tmp_path):
    """Write a project: parity.toml, compose.yaml and any other files; returns its folder."""

    def write(compose="", toml='[environments.prod]\nfiles = ["compose.yaml"]\n', **files):
        (tmp_path / "parity.toml").write_text(toml)
        if compose:
            (tmp_path / "compose.yaml").write_text(compose)
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        return tmp_path

    return write


@pytest.fixture
def session(project):
    """Write a project and open the session of its worktree."""
    from parity.actions.session import open_session
    from parity.config.load import load
    from parity.paths import ProjectPaths

    def make(*args, name="shop-abc123", **kwargs):
        paths = ProjectPaths(project(*args, **kwargs))
        return open_session(paths, load(paths), name=name)

    return make


class FakeEngine:
    """Answers recorded by path; `asked` lists the requests."""

    def __init__(self, url):
        self.url = url
        self.asked = []
        self.answers = {
            "/containers/json": [],
            "/networks": [],
            "/version": {"Version": "27.3.1", "Arch": "amd64", "KernelVersion": "6.1"},
        }
        self.raw = None

    def answer(self, target):
        """Status and body for one request."""
        self.asked.append(unquote(target))
        found = self.answers.get(urlsplit(target).path)
        if found is None:
            return 404, b'{"message":"page not found"}'
        if isinstance(found, tuple):
            return found
        return 200, json.dumps(found).encode()


@pytest.fixture
def engine(tmp_path_factory, monkeypatch):
    """An engine of recorded answers behind a unix socket; DOCKER_HOST names it."""
    path = tmp_path_factory.mktemp("engine") / "docker.sock"
    fake = FakeEngine(f"unix://{path}")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if fake.raw is not None:
                self.wfile.write(fake.raw)
                return
            status, body = fake.answer(self.path)
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self):
            return "engine"

        def log_message(self, *arguments):
            pass

    class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
        daemon_threads = True
        block_on_close = False

    server = Server(str(path), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    monkeypatch.setenv("DOCKER_HOST", fake.url)
    yield fake
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def cli(monkeypatch, capsys):
    """Run the command line in this process; returns exit code, stdout and stderr."""

    def run(*arguments, directory=None):
        from parity.cli.main import main

        place = ["-C", str(directory)] if directory else []
        monkeypatch.setattr(sys, "argv", ["parity", *place, *arguments])
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code or 0
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
