"""What the engine answers for two services and their gateway, cut to what matters."""

import json
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from parity.model.state import SavedVolume, State


def container(name, service, *, role="service", number=1, mounts=(), mode="s_back", **more):
    """An inspect record."""
    own = {
        "dev.parity.stack": "s",
        "dev.parity.service": service,
        "dev.parity.role": role,
        "com.docker.compose.project": "s",
        "com.docker.compose.container-number": str(number),
        **more.pop("labels", {}),
    }
    found = {
        "Id": name.replace("-", "")[:4].ljust(64, "0"),
        "Name": f"/s-{name}",
        "Image": f"sha256:{service}",
        "State": {"Running": True, "Paused": False, "ExitCode": 0},
        "Config": {
            "Image": f"{service}:latest",
            "Hostname": name,
            "Env": ["A=1"],
            "Labels": own,
            "ExposedPorts": {},
            "Volumes": {"/x": {}},
            **more.pop("config", {}),
        },
        "HostConfig": {
            "NetworkMode": mode,
            "Binds": None,
            "Mounts": [],
            "Dns": ["10.1.0.1"],
            "RestartPolicy": {"Name": "unless-stopped", "MaximumRetryCount": 0},
            **more.pop("host", {}),
        },
        "Mounts": list(mounts),
        "NetworkSettings": {
            "Networks": {
                "s_back": {
                    "Aliases": [service, f"s-{name}", name.replace("-", "")[:4].ljust(12, "0")],
                    "IPAddress": "10.1.0.7",
                    "DriverOpts": None,
                }
            },
            "Ports": {},
        },
    }
    return found | more


def volume(name, target, *, writable=True):
    """A mount as `inspect` tells it."""
    return {"Type": "volume", "Name": name, "Destination": target, "RW": writable}


@pytest.fixture
def db():
    """A service with a named volume, a nameless one, and a folder of the machine."""
    bind = {"Type": "bind", "Source": "/srv/conf", "Destination": "/etc/db", "RW": False}
    return container(
        "db-1",
        "db",
        mounts=[volume("s_data", "/data"), volume("f" * 64, "/tmp/db"), bind],
        config={"ExposedPorts": {"5432/tcp": {}}, "Healthcheck": {"Test": ["CMD", "ready"]}},
        host={"Binds": ["s_data:/data:rw", "/srv/conf:/etc/db:ro"]},
    )


@pytest.fixture
def web():
    """A service without data."""
    depends = {
        "com.docker.compose.depends_on": "db:service_healthy:true,cache:service_started:false"
    }
    return container("web-1", "web", labels=depends, config={"ExposedPorts": {"8000/tcp": {}}})


@pytest.fixture
def gateway():
    """The gateway, with one port that production publishes."""
    told = {
        "networks": [
            {"name": "back", "subnet": "10.1.0.0/24", "address": "10.1.0.1", "subnet6": None, "address6": None}
        ],
        "publish": [{"listen": 20000, "protocol": "tcp", "service": "web", "port": 8000}],
        "allow": [],
        "names": [],
    }  # fmt: skip
    return container(
        "parity-gateway-1",
        "parity-gateway",
        role="gateway",
        mode="s-edge",
        config={"Env": ["PATH=/bin", f"PARITY_GATEWAY={json.dumps(told)}"]},
    )


class Volumes:
    """The engine's volumes, as the client has them and as `GET /volumes` tells them.

    As the engine does, it answers `create` with the volume of that name where there is one.
    """

    def __init__(self):
        self.there = {}
        self.removed = []

    def create(self, name, driver="local", driver_opts=None, labels=None):
        assert driver == "local"
        if name not in self.there:
            self.there[name] = {
                "Name": name,
                "Labels": labels,
                "Options": driver_opts,
                "Mountpoint": f"/engine/{name}",
            }
        return self.get(name)

    def get(self, name):
        from docker.errors import NotFound

        if name not in self.there:
            raise NotFound(f"no such volume: {name}")
        return SimpleNamespace(name=name, attrs=self.there[name], remove=lambda: self._remove(name))

    def list(self, filters):
        return [self.get(row["Name"]) for row in self.labelled(filters["label"])]

    def labelled(self, label):
        key, equals, value = label.partition("=")
        rows = [(row, row["Labels"] or {}) for row in self.there.values()]
        return [row for row, mine in rows if key in mine and (not equals or mine[key] == value)]

    def _remove(self, name):
        del self.there[name]
        self.removed.append(name)


@pytest.fixture
def volumes(monkeypatch):
    """The engine's volumes: none yet."""
    found = Volumes()

    def get(path, address=None):
        parts = urlsplit(path)
        assert parts.path == "/volumes"
        (label,) = json.loads(parse_qs(parts.query)["filters"][0])["label"]
        return {"Volumes": found.labelled(label) or None}

    monkeypatch.setattr("parity.engine.observe.get", get)
    return found


@pytest.fixture
def api_error():
    """An answer of the engine that is a refusal."""
    from docker.errors import APIError

    return lambda text: APIError(text, explanation=text)


@pytest.fixture
def state():
    """Make a state of one volume, `data` of `db`."""

    def make(name="seeded", found="a1b2c3d4e5f6", **more):
        saved = SavedVolume("data", ("db",), 3, 40, "sha256:t", "q")
        return State(
            **{
                "id": found,
                "name": name,
                "project": "shop",
                "digest": f"sha256:{found[::-1]}",
                "created": "2026-01-01T00:00:00.000+00:00",
                "backend": "reflink",
                "volumes": (saved,),
                **more,
            }
        )

    return make
