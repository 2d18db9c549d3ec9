"""Where programs listen: the rule's cases stand in tests/cases/RU033.yaml."""

from parity.rules import running_sockets
from parity.rules.registry import rules_in


def test_the_rule_is_found():
    assert [rule.id for rule in rules_in(running_sockets)] == ["RU033"]
