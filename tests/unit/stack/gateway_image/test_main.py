"""The command line: five verbs, each importing only what it needs."""

import subprocess
import sys
from pathlib import Path

import pytest

from parity.stack.gateway_image.gateway import __main__ as main

FOLDER = Path(main.__file__).parents[1]


def test_verbs(monkeypatch):
    """Options reach the verb, and its code comes back."""
    monkeypatch.setenv("PARITY_PROVE", "{}")
    assert main.main(["prove"]) == 2
    assert main.main(["limits"]) == 0
    arguments = ["wait", "--kind", "tcp", "--host", "127.0.0.1", "--port", "1", "--timeout", "0"]
    assert main.main(arguments) == 1
    assert main.main(["ask", "{}", "--host", "127.0.0.1", "--timeout", "1"]) == 2


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["wait", "--kind", "smtp"]])
def test_wrong_usage(arguments, capsys):
    """Exit code 2, as everywhere."""
    with pytest.raises(SystemExit) as caught:
        main.main(arguments)
    assert caught.value.code == 2


@pytest.mark.parametrize("verb", ["wait", "ask", "prove", "limits"])
def test_short_verbs_stay_light(verb):
    """They run by `docker exec`, often: no event loop, no DNS library."""
    code = f"import sys, gateway.__main__, gateway.{verb}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-B", "-c", code], cwd=FOLDER, capture_output=True, text=True, check=True
    )
    assert {"asyncio", "dns", "ssl"}.isdisjoint(done.stdout.split())
