"""What a killed command left is put right first."""

from types import SimpleNamespace

import pytest

from parity.actions import mended as module
from parity.actions.mended import mended
from parity.actions.stand import Stand
from parity.model.progress import silent


@pytest.mark.parametrize(
    ("pending", "expected"), [(True, ["up", "go on"]), (False, ["mounted", "go on"])]
)
def test_a_reset_is_finished_before_paused_services_go_on(monkeypatch, pending, expected):
    done = []
    monkeypatch.setattr(module, "stand", lambda session: Stand("1", pending))
    monkeypatch.setattr(module, "bring_up", lambda *_: done.append("up"))
    monkeypatch.setattr(module, "mounted", lambda *_: done.append("mounted"))
    monkeypatch.setattr(module, "go_on", lambda *_: done.append("go on"))
    monkeypatch.setattr(module.observe, "of_stack", lambda stack: ())
    mended(None, SimpleNamespace(identity=SimpleNamespace(name="shop")), silent, None)
    assert done == expected
