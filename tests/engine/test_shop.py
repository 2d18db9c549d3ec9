"""The reference production runs here as production defines it, and every deviation is listed."""

import contextlib
import json
import os
import re
import ssl
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from parity import compose_cli

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("shop")]

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "stacks" / "shop"
DEFINITION = ROOT / "compose" / "shop"
CANARY = "c4n4ry-of-" + "the-shop"  # in two parts, so that this file itself does not hold it


@pytest.fixture(scope="module")
def shop(client, open_project):
    """The shop, up, under a name of its own; with a canary where production's secret would be."""
    project = open_project(
        SHOP,
        {"PARITY_STACK": f"shop-test-{os.getpid()}", "DB_PASSWORD": f"{CANARY}-0123456789"},
    )
    project.parity("lock")
    project.parity("up", timeout=400)
    yield project
    project.parity("down", "--volumes")


def production() -> dict:
    """The definition, read by Docker Compose alone."""
    done = subprocess.run(
        [compose_cli.executable(), "--file", DEFINITION / "compose.yaml", "--env-file", DEFINITION / "prod.env",
         "config", "--format", "json"],
        env={**os.environ, "DB_PASSWORD": "production"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.replace("$$", "$"))


def expected(service: dict, image: dict) -> dict:
    """What production's engine would have been asked for, flat, by paths of the definition."""
    limits = ((service.get("deploy") or {}).get("resources") or {}).get("limits") or {}
    built_in = image["Config"]
    check = service.get("healthcheck")
    flat = {
        "image": service["image"],
        "command": service.get("command")
        or (built_in.get("Cmd") if not service.get("entrypoint") else None),
        "entrypoint": service.get("entrypoint") or built_in.get("Entrypoint"),
        "user": service.get("user", built_in.get("User") or ""),
        "read_only": service.get("read_only", False),
        "cap_drop": capabilities(service.get("cap_drop")),
        "cap_add": capabilities(service.get("cap_add")),
        "security_opt": sorted(service.get("security_opt") or []),
        "init": service.get("init", False),
        "restart": service.get("restart", "no"),
        "stop_grace_period": seconds(service.get("stop_grace_period")),
        "shm_size": int(service.get("shm_size", 64 * 1024**2)),
        "deploy.resources.limits.memory": int(limits.get("memory", 0)),
        "deploy.resources.limits.cpus": float(limits.get("cpus", 0)),
        "deploy.resources.limits.pids": int(limits.get("pids", 0)),
        "healthcheck.test": (check or {}).get("test")
        or (built_in.get("Healthcheck") or {}).get("Test"),
        "healthcheck.interval": seconds((check or {}).get("interval")),
        "healthcheck.timeout": seconds((check or {}).get("timeout")),
        "healthcheck.retries": (check or {}).get("retries", 0),
        "dns": service.get("dns") or [],
        "ports": len(service.get("ports") or []),
        "hostname": service.get("hostname", ""),
        "tmpfs": sorted(service.get("tmpfs") or []),
    }
    flat |= {f"sysctls.{k}": str(v) for k, v in (service.get("sysctls") or {}).items()}
    flat |= {f"ulimits.{k}": v for k, v in (service.get("ulimits") or {}).items()}
    env = dict(line.split("=", 1) for line in built_in.get("Env") or [])
    env |= {k: "" if v is None else str(v) for k, v in (service.get("environment") or {}).items()}
    return flat | {f"environment.{k}": v for k, v in env.items()}


def observed(attrs: dict) -> dict:
    """What the engine says of a container, by the same paths."""
    config, host = attrs["Config"], attrs["HostConfig"]
    check = config.get("Healthcheck") or {}
    asked = host.get("RestartPolicy") or {}
    policy, most = asked.get("Name", ""), asked.get("MaximumRetryCount") or 0
    policy = f"{policy}:{most}" if most else policy
    flat = {
        "image": config["Image"],
        "command": config.get("Cmd"),
        "entrypoint": config.get("Entrypoint"),
        "user": config.get("User") or "",
        "read_only": host["ReadonlyRootfs"],
        "cap_drop": capabilities(host.get("CapDrop")),
        "cap_add": capabilities(host.get("CapAdd")),
        "security_opt": sorted(host.get("SecurityOpt") or []),
        "init": bool(host.get("Init")),
        "restart": policy or "no",
        "stop_grace_period": float(config.get("StopTimeout") or 0),
        "shm_size": host.get("ShmSize"),
        "deploy.resources.limits.memory": host["Memory"],
        "deploy.resources.limits.cpus": host["NanoCpus"] / 1e9,
        "deploy.resources.limits.pids": host.get("PidsLimit") or 0,
        "healthcheck.test": check.get("Test"),
        "healthcheck.interval": check.get("Interval", 0) / 1e9,
        "healthcheck.timeout": check.get("Timeout", 0) / 1e9,
        "healthcheck.retries": check.get("Retries", 0),
        "dns": host.get("Dns") or [],
        "ports": len(host.get("PortBindings") or {}),
        "hostname": config["Hostname"] if not attrs["Id"].startswith(config["Hostname"]) else "",
        "tmpfs": sorted(
            f"{path}:{options}" if options else path
            for path, options in (host.get("Tmpfs") or {}).items()
        ),
    }
    flat |= {f"sysctls.{k}": v for k, v in (host.get("Sysctls") or {}).items()}
    flat |= {
        f"ulimits.{u['Name']}": u["Soft"] if u["Soft"] == u["Hard"] else u
        for u in host.get("Ulimits") or []
    }
    env = dict(line.split("=", 1) for line in config.get("Env") or [])
    return flat | {f"environment.{k}": v for k, v in env.items()}


def capabilities(names: list[str] | None) -> list[str]:
    return sorted(name.removeprefix("CAP_") for name in names or [])


def seconds(text: str | None) -> float:
    units = {"h": 3600, "m": 60, "s": 1, "ms": 0.001}
    return sum(float(n) * units[u] for n, u in re.findall(r"([\d.]+)(ms|h|m|s)", text or ""))


def test_what_the_engine_runs_equals_the_definition_but_for_the_listed_overrides(shop, client):
    """docker inspect and production's definition differ in exactly the paths of --overrides."""
    definition = production()["services"]
    listed = {row["path"]: row for row in shop.json("config", "--overrides")["overrides"]}
    label = f"dev.parity.stack={shop.name}"
    deviations, seen, compared = set(), set(), set()
    for container in client.containers.list(all=True, filters={"label": label}):
        name = container.labels["dev.parity.service"]
        if name == "parity-gateway":
            continue
        seen.add(name)
        image = client.api.inspect_image(container.attrs["Image"])
        want, have = expected(definition[name], image), observed(container.attrs)
        compared |= {f"services.{name}.{field}" for field in want.keys() | have.keys()}
        deviations |= {
            f"services.{name}.{field}"
            for field in want.keys() | have.keys()
            if want.get(field) != have.get(field)
        }
    assert seen == set(definition), "every service of production is there"
    assert deviations ^ {path for path in listed if path.startswith("services.")} == set()
    assert deviations == {path for path in listed if path.startswith("services.")}
    assert len(compared) > 20 * len(seen)


def test_images_are_productions_by_digest(shop, client):
    definition = production()["services"]
    for name, service in definition.items():
        tagged = client.images.get_registry_data(service["image"]).id
        container = client.containers.get(f"{shop.name}-{name}-1")
        running = client.api.inspect_image(container.attrs["Image"])["RepoDigests"]
        assert any(digest.endswith(tagged) for digest in running), name


def test_the_shop_answers_over_https_with_a_certificate_for_productions_name(shop, tmp_path):
    authority = tmp_path / "authority.pem"
    authority.write_text(shop.parity("egress", "--authority").stdout)
    context = ssl.create_default_context(cafile=str(authority))
    import http.client
    import socket

    class Here(http.client.HTTPSConnection):
        def connect(self):
            raw = socket.create_connection(("127.0.0.1", https_port(shop)), timeout=10)
            self.sock = context.wrap_socket(raw, server_hostname="shop.example")

    connection = Here("shop.example", timeout=10, context=context)
    with contextlib.closing(connection):
        connection.request("GET", "/health")
        answer = connection.getresponse()
        assert answer.status == 200
        assert json.loads(answer.read())["status"] == "ok"


def https_port(shop) -> int:
    return next(
        int(p["address"].rpartition(":")[2])
        for p in shop.json("up", "--dry-run")["ports"]
        if p["target"] == 8443
    )


def test_nothing_gets_out_and_every_published_port_answers(shop):
    proof = shop.json("egress", "--prove")
    assert proof["holds"]
    kinds = {row["label"] for row in proof["attempts"]}
    assert kinds >= {
        "an IPv4 address",
        "an IPv4 address, UDP",
        "an IPv6 address",
        "an unknown name",
        "a host of production",
        "the cloud's metadata",
        "this machine",
        "another stack",
    }
    assert {row["service"] for row in proof["attempts"]} == {
        "proxy",
        "web",
        "worker",
        "db",
        "cache",
        "queue",
    }
    assert {row["outcome"] for row in proof["ports"]} == {"answers"}


def test_a_payment_never_leaves_and_is_recorded(shop):
    context = ssl._create_unverified_context()
    base = f"https://127.0.0.1:{https_port(shop)}"
    headers = {"Host": "shop.example", "Content-Type": "application/json"}

    def call(path: str, body: dict | None) -> tuple[int, dict]:
        data = json.dumps(body).encode()
        request = urllib.request.Request(base + path, data=data, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, context=context, timeout=20) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    status, order = call("/orders", {"customer_id": 1, "lines": [{"product_id": 2, "quantity": 1}]})
    assert status == 201, order
    status, answer = call(f"/orders/{order['id']}/pay", {})
    assert status == 502, answer
    records = shop.json("egress")["records"]
    assert any(
        r.get("name") == "pay.acquirer-bank.example" and r["service"] == "web" for r in records
    )


def test_no_secret_value_shows_anywhere(shop):
    """Production's values never come in; the stand-ins' values stay in 0600 files."""
    state = SHOP / ".parity"
    stack = state / shop.name
    values = [
        e["value"]
        for e in json.loads((state / "secrets.json").read_text())["stacks"][shop.name].values()
    ]
    assert len(values) >= 7
    printed = [
        shop.parity(*verb.split(), check=False)
        for verb in ("config", "config --json", "config --overrides", "config --overrides --json", "up", "up --dry-run",
                     "up --json", "ps --json", "doctor", "egress --json", "lock --check", "logs")
    ]  # fmt: skip
    texts = [done.stdout + done.stderr for done in printed]
    texts += [
        (stack / "compose.yaml").read_text(),
        (stack / "applied.json").read_text(),
        (SHOP / "parity.lock").read_text(),
    ]
    texts += [
        subprocess.run(
            ["git", "grep", "-h", "-I", ""], cwd=ROOT, capture_output=True, text=True
        ).stdout
    ]
    for text in texts:
        assert CANARY not in text
        assert not [value for value in values if value in text]
    for file in (state / "secrets.json", stack / ".env"):
        assert file.stat().st_mode & 0o777 == 0o600, file
    assert (stack / "secrets").stat().st_mode & 0o777 == 0o700


def test_a_second_up_does_nothing(shop, client):
    label = f"dev.parity.stack={shop.name}"

    def state() -> dict[str, tuple[str, str]]:
        found = client.containers.list(all=True, filters={"label": label})
        return {c.name: (c.id, c.attrs["State"]["StartedAt"]) for c in found}

    before = state()
    assert not shop.json("up")["changed"]
    assert state() == before
