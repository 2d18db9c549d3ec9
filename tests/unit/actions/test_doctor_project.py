"""Each thing that production asks of this machine, missing, with what mends it."""

import shutil
import socket

import pytest

from parity.actions import doctor_project
from parity.actions.doctor_check import tried
from parity.errors import RegistryError
from parity.model.lock import EnvironmentLock, Lock, Pin
from parity.stack import labels, lockfile

from .test_doctor_engine import INFO, broken, only

COMPOSE = """\
services:
  web:
    image: web:1
    ports: %s
    deploy: {replicas: 2, resources: {limits: {memory: %s, cpus: "%s"}}}
"""
SMALL = COMPOSE % ("[]", "1g", "1")
K8S = '[environments.prod]\nsource = "kubernetes"\nfiles = ["k8s"]\n'


@pytest.fixture
def answering(engine):
    engine.answers |= {"/info": INFO, "/images/json": []}
    return engine


def checks(session):
    found = tried("definition", lambda: doctor_project.definition(session))
    return {check.name: check for check in found}


def test_what_fits_is_ok(answering, session):
    assert {check.verdict for check in checks(session(SMALL)).values()} == {"ok"}


@pytest.mark.parametrize(
    ("memory", "cpus", "name"), [("3g", "1", "memory"), ("1g", "8", "processors")]
)
def test_what_the_engine_has_too_little_of(answering, session, memory, cpus, name):
    found = checks(session(COMPOSE % ("[]", memory, cpus)))
    assert [n for n, check in found.items() if check.verdict == "warning"] == [name]
    assert found[name].next_step.startswith("give the engine more")


def test_a_taken_port(answering, session):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        one = session(COMPOSE % (f'["{port}:80"]', "1g", "1"))
        found = checks(one)["ports"]
        assert (found.verdict, f"sport = :{port}" in found.next_step) == ("warning", True)
        answering.answers["/containers/json"] = [
            {
                "Id": "x",
                "State": "running",
                "Labels": {labels.STACK: one.identity.name},
                "Ports": [
                    {"IP": "127.0.0.1", "PublicPort": port, "PrivatePort": 80, "Type": "tcp"}
                ],
            }
        ]
        assert checks(one)["ports"].verdict == "ok", "the stack itself has it"


def locked(session, *platforms, digest="sha256:x", image="registry.example:5000/web:1"):
    one = session(SMALL)
    body = EnvironmentLock("d", {image: Pin(digest, platforms)})
    lockfile.write(one.paths.lock, Lock({"prod": body}))
    return one


def test_images_for_another_processor(answering, session):
    one = locked(session, "linux/arm64")
    broken("architecture", lambda: doctor_project.architecture(one), "failed", "web:1", "binfmt")
    two = locked(session, "linux/amd64")
    assert only("architecture", lambda: doctor_project.architecture(two)).verdict == "ok"


def test_no_lock_yet(answering, session):
    one = session(SMALL)
    broken("architecture", lambda: doctor_project.architecture(one), "unknown", "`parity lock`")
    assert tried("registry", lambda: doctor_project.registry(one)) == []


def test_a_registry_that_refuses_this_user(answering, session, monkeypatch):
    one = locked(session)
    asked = []

    def refuse(_, image, *__, **___):
        asked.append(image)
        raise RegistryError(
            f"the registry refuses {image}", next_step="docker login registry.example:5000"
        )

    monkeypatch.setattr(doctor_project, "connect", lambda **_: None)
    monkeypatch.setattr(doctor_project, "resolve", refuse)
    broken(
        "registry", lambda: doctor_project.registry(one), "failed", "docker login registry.example"
    )
    assert asked == ["registry.example:5000/web:1"]
    answering.answers["/images/json"] = [{"RepoDigests": ["registry.example:5000/web@sha256:x"]}]
    check = only("registry", lambda: doctor_project.registry(one))
    assert (check.verdict, len(asked)) == ("ok", 1), "what is on the engine needs no registry"


@pytest.mark.parametrize(
    ("image", "host"),
    [
        ("web:1", "docker.io"),
        ("a/web", "docker.io"),
        ("r.io/a", "r.io"),
        ("localhost/a", "localhost"),
    ],
)
def test_the_registry_of_an_image(image, host):
    assert doctor_project._host(image) == host


def test_a_kustomization_without_kubectl(session, monkeypatch, tmp_path):
    (tmp_path / "k8s").mkdir()
    one = session("", toml=K8S)
    assert tried("kubectl", lambda: doctor_project.kubectl(one)) == [], "plain manifests need none"
    (tmp_path / "k8s" / "kustomization.yaml").write_text("resources: []\n")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    broken("kubectl", lambda: doctor_project.kubectl(one), "failed", "prod", "install kubectl")


def test_a_live_namespace_beside_production_is_a_warning(session, monkeypatch):
    toml = '[environments.prod]\nfiles = ["compose.yaml"]\n[environments.live]\nsource = "kubernetes"\nproject = "shop"\n'
    one = session(SMALL, toml=toml)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    broken("kubectl", lambda: doctor_project.kubectl(one), "warning", "live", "install kubectl")
