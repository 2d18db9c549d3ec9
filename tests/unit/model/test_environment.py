"""An environment's services."""

from parity.model.environment import Environment


def test_a_document_without_services_has_none():
    assert Environment("prod", "compose", (), {}).services == {}
    assert Environment("prod", "compose", (), {"services": None}).services == {}
