"""The plugin in projects of both kinds, in a pytest of their own."""

import os
import subprocess
import sys

import pytest

HEAVY = {"docker", "typer", "pydantic", "yaml", "requests", "rich", "tomlkit", "dotenv", "watchdog"}
PROBE = """
import sys, pytest
code = pytest.main(sys.argv[1:])
loaded = {name.partition('.')[0] for name in sys.modules}
print('LOADED', *sorted(loaded))
print('PARITY', *sorted(name for name in sys.modules if name.startswith('parity')))
raise SystemExit(code)
"""
TOML = '[environments.prod]\nfiles = ["compose.yaml"]\n'


@pytest.fixture
def run(tmp_path):
    """Run pytest in a folder without this project's settings; what it said and what it loaded."""

    def go(*arguments, test="def test_x(): pass\n", toml="", cwd=""):
        (tmp_path / cwd).mkdir(exist_ok=True)
        (tmp_path / cwd / "test_it.py").write_text(test)
        if toml:
            (tmp_path / "parity.toml").write_text(toml)
        env = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
        argv = [sys.executable, "-c", PROBE, "-p", "no:cacheprovider", "-p", "no:xdist", *arguments]
        done = subprocess.run(argv, cwd=tmp_path / cwd, env=env, capture_output=True, text=True)
        lines = done.stdout.splitlines()
        loaded = next(line for line in lines if line.startswith("LOADED")).split()[1:]
        parity = next(line for line in lines if line.startswith("PARITY")).split()[1:]
        return done, set(loaded), set(parity)

    return go


def installed():
    from importlib.metadata import entry_points

    return any(point.value == "parity.testing.plugin" for point in entry_points(group="pytest11"))


pytestmark = pytest.mark.skipif(
    not installed(), reason="parity is not installed with its entry points: pip install -e ."
)


def test_without_parity_toml_it_does_nothing_and_loads_nothing(run):
    done, loaded, parity = run("--co")
    assert done.returncode == 0, done.stdout + done.stderr
    assert loaded & HEAVY == set()
    assert parity == {
        "parity", "parity.errors", "parity.paths", "parity.testing", "parity.testing.plugin",
    }  # fmt: skip
    assert "parity:" not in done.stdout
    done, _, _ = run("--fixtures")
    assert "parity_fork" not in done.stdout
    assert "docker_ip" not in done.stdout


def test_a_test_that_wants_a_fork_without_parity_toml_is_told_that_there_is_none(run):
    done, _, _ = run(test="def test_x(parity_fork): pass\n")
    assert done.returncode == 1
    assert "fixture 'parity_fork' not found" in done.stdout


def test_with_parity_toml_nothing_heavy_is_loaded_before_a_fixture_is_used(run):
    done, loaded, parity = run("-q", toml=TOML)
    assert done.returncode == 0, done.stdout + done.stderr
    assert loaded & HEAVY == set()
    assert "parity.testing.lending" not in parity
    assert "parity.testing.fixtures" in parity
    done, _, _ = run("--fixtures", toml=TOML)
    for name in ("parity_stack", "parity_fork", "parity_services", "docker_ip", "docker_services"):
        assert name in done.stdout


def test_the_project_is_found_above_the_tests_and_by_what_is_run(run, tmp_path):
    _, _, parity = run("-q", toml=TOML, cwd="tests")
    assert "parity.testing.fixtures" in parity
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "parity.toml").unlink()
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "parity.toml").write_text(TOML)
    (inner / "test_inner.py").write_text("def test_x(): pass\n")
    _, _, parity = run("-q", "inner/test_inner.py::test_x")
    assert "parity.testing.fixtures" in parity


def test_an_engine_that_does_not_answer_is_told_in_the_header_and_breaks_no_other_test(run):
    done, _, _ = run(toml=TOML)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "parity: no Docker Engine answers at" in done.stdout


@pytest.mark.parametrize(
    ("marker", "says"),
    [
        ("'seeded'", "its arguments have names"),
        ("scope='class'", "scope is one of function, module, session"),
        ("states='x'", "it takes no `states`"),
    ],
)
def test_a_wrong_marker_is_told_at_the_test(run, marker, says):
    test = f"import pytest\n@pytest.mark.parity({marker})\ndef test_x(parity_fork): pass\n"
    done, _, _ = run("--strict-markers", test=test, toml=TOML)
    assert done.returncode == 1
    assert says in done.stdout


def test_parity_test_says_which_project_it_is(run, tmp_path, monkeypatch):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "parity.toml").write_text(TOML)
    monkeypatch.setenv("PARITY_TEST_PROJECT", str(tmp_path / "other"))
    _, _, parity = run("-q")
    assert "parity.testing.fixtures" in parity
