"""More on CM006 to CM010 than their tables say."""

import pytest

from parity.diff.compare import side
from parity.rules.command_start import _debugger, _shell_stays
from scripts.lib.cases import environment


def service(**body):
    return side(environment("here", body)).services["web"]


@pytest.mark.parametrize(
    ("command", "stays"),
    [
        (["sh", "-c", "a && b"], True),
        (["sh", "-c", "exec a"], False),
        (["sh", "-c", "a && exec b"], False),
        (["sh", "-c", "a\n  exec b"], False),
        (["sh", "-c", "docker exec b"], True),
        (["sh", "a.sh"], False),
        (["a"], False),
    ],
)
def test_shells_that_stay(command, stays):
    assert _shell_stays(service(command=command)) is stays


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"command": ["python", "-m", "debugpy", "--listen", "5678"]}, ("command",)),
        ({"entrypoint": ["dlv", "exec", "/app"]}, ("entrypoint",)),
        ({"environment": {"NODE_OPTIONS": "--inspect-brk"}}, ("environment", "NODE_OPTIONS")),
        ({"environment": {"XDEBUG_MODE": "develop"}}, ("environment", "XDEBUG_MODE")),
    ],
)
def test_where_a_debugger_is(body, path):
    found = _debugger(service(**body))
    assert found is not None
    assert found[0] == path


def test_no_debugger():
    assert (
        _debugger(service(command=["node", "inspect.js"], environment={"XDEBUG_MODE": "off"}))
        is None
    )


def test_an_entrypoint_that_differs_is_the_culprit(judged):
    report = judged(
        {"entrypoint": ["sh", "-c", "npm ci && node x"], "command": []},
        {"entrypoint": ["node", "x"], "command": []},
    )
    assert {f.setting for f in report.findings} == {"services.web.entrypoint"}
