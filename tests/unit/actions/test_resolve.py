"""What looking may do to the engine: nothing."""

import pytest

from parity.actions import resolve
from parity.engine import facts

COMPOSE = f"""\
services:
  web:
    image: web@sha256:{"00" * 32}
    ulimits: {{nofile: 4096}}
"""


@pytest.fixture
def built(engine, monkeypatch):
    calls = []
    monkeypatch.setattr("parity.engine.client.connect", lambda: None)
    monkeypatch.setattr(resolve, "ensure_gateway", lambda *_: calls.append("image"))
    monkeypatch.setattr(facts, "try_limits", lambda *_: calls.append("container") or {"nofile": 9})
    return calls


def test_looking_builds_no_image_and_runs_no_container(session, built):
    told = []
    looked = resolve.resolve_stack(session(COMPOSE), told.append)
    assert built == []
    assert looked.resolved.services["web"]["ulimits"] == {"nofile": 4096}
    assert [step.text for step in told if step.subject == "engine"] == [
        "its limits of nofile are tried by `parity up`; none is assumed here"
    ]


def test_the_image_is_there_whenever_limits_are_tried_and_not_otherwise(session, engine, built):
    one = session(COMPOSE)
    for _ in range(2):
        resolve.resolve_stack(one, lambda _: None, record=True)
    assert built == ["image", "container"]
    engine.answers["/version"] = {"Version": "28.0.0", "Arch": "amd64"}
    resolve.resolve_stack(one, lambda _: None, record=True)
    assert built == ["image", "container"] * 2
