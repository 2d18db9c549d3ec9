"""What the engine answers for two services and their gateway, cut to what matters."""

import json

import pytest


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
