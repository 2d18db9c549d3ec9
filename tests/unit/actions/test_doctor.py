"""The doctor as a whole: what it looks at, and that it says so where it could not look."""

from parity import compose_cli
from parity.actions.doctor import doctor

from .test_doctor_engine import INFO


def verdicts(session=None):
    return {check.name: check.verdict for check in doctor(session)}


def test_without_an_engine_the_machine_is_still_looked_at():
    checks = {check.name: check for check in doctor(None)}
    assert checks["engine"].verdict == "failed"
    assert checks["engine"].next_step
    assert "git" in checks
    assert "disk" not in checks


def test_everything_in_order_is_ok(engine, session):
    engine.answers |= {"/info": INFO, "/images/json": []}
    found = verdicts(session("services: {web: {image: 'web:1'}}\n"))
    assert {
        name: verdict
        for name, verdict in found.items()
        if verdict != "ok" and name not in ("names", "git", "logins")
    } == {"gateway": "unknown", "states": "unknown", "architecture": "unknown"}


def test_a_broken_definition_is_one_failed_check(engine, session):
    engine.answers |= {"/info": INFO, "/images/json": []}
    checks = {check.name: check for check in doctor(session("services: 5\n"))}
    assert [n for n, check in checks.items() if check.verdict == "failed"] == ["definition"]
    assert checks["definition"].next_step


def test_a_compose_that_fails_is_told_once(engine, session, monkeypatch):
    monkeypatch.setattr(compose_cli, "executable", lambda: "/bin/false")
    engine.answers |= {"/info": INFO, "/images/json": []}
    checks = doctor(session("services: {web: {image: 'web:1'}}\n"))
    assert [check.name for check in checks if check.verdict == "failed"] == ["compose"]
    assert "unknown" in {check.verdict for check in checks if check.name == "definition"}


def test_what_is_not_in_order_always_says_what_to_do(engine, session):
    for check in doctor(session("services: 5\n")):
        assert check.verdict == "ok" or check.next_step, check
