"""The stage that runs the shop's integration tests by `parity test`."""

import pytest

from scripts.lib import registry, shop_integration
from scripts.lib.stack import Stack


@pytest.mark.parametrize("code", [0, 1])
def test_its_exit_code_counts_and_its_stack_goes(monkeypatch, code) -> None:
    done = []

    class Done:
        returncode = code

    def run(command, **_):
        done.append(command[1:])
        return Done

    monkeypatch.setattr(registry, "port", lambda: registry.DEFAULT_PORT)
    monkeypatch.setattr(shop_integration.subprocess, "run", run)
    monkeypatch.setattr(Stack, "down", lambda _, __, *, volumes: done.append(["down", volumes]))
    assert shop_integration.run(["-x", "stacks/shop/integration/test_cache.py"]) == code
    assert done[0][-6:] == ["test", "-n", "2", "--", "-x", "integration/test_cache.py"]
    again = [words for words in done[1:-1] if words[-1] == "--last-failed"]
    assert len(again) == (code == 1), "those that failed run once more"
    assert done[-1] == ["down", True]


def test_a_stack_goes_though_the_run_was_stopped(monkeypatch) -> None:
    down = []

    def run(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(shop_integration.subprocess, "run", run)
    monkeypatch.setattr(Stack, "down", lambda _, __, *, volumes: down.append(volumes))
    with pytest.raises(KeyboardInterrupt):
        shop_integration.run([])
    assert down == [True]
