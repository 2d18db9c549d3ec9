"""The reference stack's own tests on each notation of its production."""

import pytest

from scripts.lib import registry, shop_tests


@pytest.mark.parametrize(
    ("codes", "expected"), [((0, 0, 0), 0), ((1, 0, 0), 1), ((0, 2, 0), 2), ((0, 2, 1), 2)]
)
def test_every_notation_is_tried_and_the_first_failure_counts(monkeypatch, codes, expected) -> None:
    tried = []

    def run_on(environment, arguments):
        tried.append((environment, list(arguments)))
        return codes[len(tried) - 1]

    monkeypatch.setattr(registry, "port", lambda: registry.DEFAULT_PORT)
    monkeypatch.setattr(shop_tests, "run_on", run_on)
    assert shop_tests.run(["-x"]) == expected
    assert tried == [(name, ["-x"]) for name in ("prod", "kubernetes", "ecs")]


def test_other_notations_are_left_out_where_the_registry_is_elsewhere() -> None:
    assert shop_tests.environments(registry.DEFAULT_PORT) == ("prod", "kubernetes", "ecs")
    assert shop_tests.environments(5999) == ("prod",)
