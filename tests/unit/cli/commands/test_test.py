import os

import pytest

from parity.actions import test as action
from parity.errors import UsageError

TOML = '[environments.prod]\nfiles = ["compose.yaml"]\n'


@pytest.fixture
def asked(monkeypatch):
    found = []

    def run_tests(session, request, progress):
        found.append(request)
        raise UsageError("far enough")

    monkeypatch.setattr(action, "run_tests", run_tests)
    return found


def test_what_stands_after_the_dashes_is_pytests(cli, project, asked):
    root = project("services: {}\n", toml=TOML)
    code, _, err = cli(
        "test", "-n", "3", "--state", "s", "--", "-k", "x", "-n", "7", directory=root
    )
    assert (code, "far enough" in err) == (2, True)
    request = asked[0]
    assert request.arguments == ("-k", "x", "-n", "7")
    assert (request.workers, request.state, request.as_talk) == (3, "s", False)


def test_one_worker_a_processor(cli, project, asked):
    root = project("services: {}\n", toml=TOML)
    cli("test", "-n", "auto", "--json", directory=root)
    assert asked[0].workers == os.cpu_count()
    assert asked[0].as_talk, "stdout is for the JSON"


@pytest.mark.parametrize("number", ["0", "65", "many", "-1", "1.5"])
def test_a_number_of_workers_that_is_none(cli, project, asked, number):
    code, _, err = cli("test", "-n", number, directory=project("services: {}\n", toml=TOML))
    assert (code, asked) == (2, [])
    assert "neither auto nor a number" in err
