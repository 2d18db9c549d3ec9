"""Each notation has its own words."""

import pytest

from parity.model.document import ABSENT
from parity.rules import _notations


@pytest.mark.parametrize(
    ("value", "source", "by_nature"),
    [
        ("service:redis", "ecs", True),
        ("service:web", "kubernetes", True),
        ("service:vpn", "compose", False),
        ("host", "kubernetes", False),
        (ABSENT, "ecs", False),
    ],
)
def test_containers_of_a_pod_share_a_network(value, source, by_nature):
    assert _notations.shared_by_nature(value, source) is by_nature


def test_nobody_is_told_to_write_compose_into_a_pod():
    assert _notations.is_compose("docker")
    for source in ("kubernetes", "cloudrun", "ecs", "swarm"):
        assert not _notations.is_compose(source)
        assert "unless-stopped" not in _notations.restart_of(source)
    assert _notations.restart_of("compose") == "restart: unless-stopped"
    assert "args" in _notations.command_of("kubernetes")
    assert "container definition" in _notations.command_of("ecs")
    assert _notations.command_of("compose") == "`command`"
