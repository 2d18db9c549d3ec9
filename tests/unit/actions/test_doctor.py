"""The doctor says what is missing, and that it could not look where it could not."""

import pytest

from parity.actions.doctor import doctor

INFO = {
    "DockerRootDir": "/", "MemTotal": 4 * 1024**3, "NCPU": 2, "Architecture": "x86_64",
    "SystemTime": "",
}  # fmt: skip
COMPOSE = """\
services:
  web:
    image: web:1
    deploy: {replicas: 2, resources: {limits: {memory: %s, cpus: "%s"}}}
"""


def verdicts(session=None):
    return {check.name: check.verdict for check in doctor(session)}


def test_without_an_engine_only_that_is_said():
    checks = {check.name: check for check in doctor(None)}
    assert checks["engine"].verdict == "failed"
    assert checks["engine"].next_step
    assert "disk" not in checks


def test_everything_in_order_is_ok(engine, session):
    engine.answers["/info"] = INFO
    found = verdicts(session(COMPOSE % ("1g", "1")))
    assert {
        found[n] for n in ("engine", "compose", "clock", "definition", "memory", "processors")
    } == {"ok"}
    assert found["architecture"] == "unknown"


@pytest.mark.parametrize(
    ("memory", "cpus", "name"), [("3g", "1", "memory"), ("1g", "8", "processors")]
)
def test_what_the_engine_has_too_little_of_is_a_warning(engine, session, memory, cpus, name):
    engine.answers["/info"] = INFO
    found = verdicts(session(COMPOSE % (memory, cpus)))
    assert [n for n in ("memory", "processors") if found[n] == "warning"] == [name]


def test_a_wrong_clock_and_an_old_engine_are_warnings(engine):
    engine.answers["/info"] = {**INFO, "SystemTime": "2001-01-01T00:00:00.123456789Z"}
    engine.answers["/version"] = {"Version": "20.10.24", "Arch": "amd64"}
    found = verdicts()
    assert found["clock"] == "warning"
    assert found["engine age"] == "warning"


def test_a_broken_definition_is_one_failed_check(engine, session):
    engine.answers["/info"] = INFO
    assert verdicts(session("services: 5\n"))["definition"] == "failed"


@pytest.mark.parametrize(
    ("platform", "verdict"), [("linux/amd64", "ok"), ("linux/arm64", "failed")]
)
def test_images_for_another_processor_are_named(engine, session, platform, verdict):
    from parity.model.lock import EnvironmentLock, Lock, Pin
    from parity.stack import lockfile

    engine.answers["/info"] = INFO
    one = session(COMPOSE % ("1g", "1"))
    body = EnvironmentLock("d", {"web:1": Pin("sha256:x", (platform,))})
    lockfile.write(one.paths.lock, Lock({"prod": body}))
    assert verdicts(one)["architecture"] == verdict
