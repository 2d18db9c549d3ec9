"""The pytest plugin. In a project without parity.toml it does nothing, and it loads nothing heavy ever:
what a test does not use is not imported.
"""

import os
from pathlib import Path
from typing import Any

import pytest

from parity.paths import find_root

PROJECT = "PARITY_TEST_PROJECT"
"""Set by `parity test`: the folder of the project whose tests these are."""
MARKER = (
    "parity(state=…, scope='function'|'module'|'session', services=[…]): the start state of the "
    "test's fork, who shares it, and which services it has"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the plugin."""
    group = parser.getgroup("parity", "tests on copies of production's stack (parity)")
    group.addoption(
        "--parity-keep-failed",
        action="store_true",
        help="Keep the fork of each test that fails, and say how to enter it.",
    )
    group.addoption(
        "--parity-state",
        default="",
        metavar="NAME",
        help="Start state of tests whose marker names none. Default: the project's.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Add the fixtures where there is a parity.toml."""
    config.addinivalue_line("markers", MARKER)
    root = project(config)
    if root is None:
        return
    from parity.testing import fixtures, pytest_docker
    from parity.testing.reporting import Reporting
    from parity.testing.tests_run import RUN, TestsRun

    config.stash[RUN] = TestsRun(config, root)
    config.pluginmanager.register(fixtures, "parity-fixtures")
    config.pluginmanager.register(Reporting(config), "parity-reporting")
    if not config.pluginmanager.hasplugin("docker"):
        config.pluginmanager.register(pytest_docker, "parity-pytest-docker")


def project(config: Any) -> Path | None:
    """The folder of the parity.toml that the tests belong to: of the root, or of what is run."""
    if told := os.environ.get(PROJECT):
        return Path(told)
    places = [config.rootpath, config.invocation_params.dir]
    for argument in config.args:
        path = Path(config.invocation_params.dir, str(argument).partition("::")[0])
        places.append(path if path.is_dir() else path.parent)
    return next((root for place in places if (root := find_root(place)) is not None), None)
