"""What scripts/test runs."""

import sys

import pytest

from scripts.lib.suite import (
    ALONE_AT_MOST,
    Result,
    Stage,
    first_failure,
    run,
    split_paths,
    stages,
    summary,
)


@pytest.fixture
def root(tmp_path, monkeypatch):
    for folder in (
        "tests/unit/diff",
        "tests/browser",
        "tests/engine",
        "stacks/shop/tests",
        "stacks/shop/integration",
    ):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "tests" / "engine" / "test_up.py").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(root, *arguments, fast=False, env=None):
    return [stage.name for stage in stages(arguments, fast=fast, env=env or {}, root=root)]


def test_everything(root) -> None:
    assert names(root) == [
        "check",
        "unit tests",
        "browser tests",
        "engine tests",
        "shop tests",
        "integration",
    ]


def test_fast_needs_no_engine(root) -> None:
    assert names(root, fast=True) == ["check", "unit tests"]


def test_a_path_selects_its_stage(root) -> None:
    assert names(root, "tests/engine/test_up.py") == ["engine tests"]
    assert names(root, "tests/unit/diff", "-x") == ["unit tests"]


def test_a_test_id_keeps_its_name(root) -> None:
    paths, others = split_paths(["tests/engine/test_up.py::test_a", "-k", "gateway"], root)
    assert paths == ["tests/engine/test_up.py::test_a"]
    assert others == ["-k", "gateway"]


def test_a_path_is_seen_from_the_current_folder(root, monkeypatch) -> None:
    monkeypatch.chdir(root / "tests")
    assert split_paths(["engine"], root) == (["tests/engine"], [])


def test_a_missing_folder_is_no_stage(root) -> None:
    (root / "stacks" / "shop" / "tests").rmdir()
    assert "shop tests" not in names(root)


def test_the_dev_container_only_when_asked_for_and_possible(root, tmp_path) -> None:
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text("#!/bin/sh\n")
    npm.chmod(0o755)
    path = {"PATH": str(npm.parent)}
    assert "dev container" in names(root, env={**path, "CI": "true"})
    assert "dev container" in names(root, env={**path, "PARITY_TEST_DEVCONTAINER": "1"})
    assert "dev container" not in names(root, env=path)
    assert "dev container" not in names(root, env={"PATH": "", "CI": "true"})


def result(code):
    return Result(Stage("unit tests", ("pytest",), "read it"), code, 1.0)


def test_the_first_failure_is_the_exit_code() -> None:
    assert first_failure([result(0), result(2), result(1)]) == 2
    assert first_failure([result(0)]) == 0


def test_the_summary_says_what_to_do() -> None:
    assert "Next: read it" in summary([result(1)])
    assert "Next" not in summary([result(0)])


def test_what_is_out_of_reach_is_neither_passed_nor_failed() -> None:
    optional = Stage("dev container", ("x",), "npm ping", may_be_out_of_reach=True)
    assert first_failure([Result(optional, 3, 1.0)]) == 0
    assert "not checked" in summary([Result(optional, 3, 1.0)])
    assert first_failure([Result(optional, 1, 1.0), result(3)]) == 1


@pytest.fixture
def stage_of(tmp_path):
    """Makes a stage of a test file."""

    def make(text):
        file = tmp_path / "test_it.py"
        file.write_text(text)
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        start = (sys.executable, "-m", "pytest", "-q", "-p", "no:xdist", f"--rootdir={tmp_path}")
        start += ("-c", str(tmp_path / "pytest.ini"))
        return Stage(
            "engine tests", (*start, str(file)), "", tests=str(file), alone=(*start, "--lf")
        )

    return make


def test_what_fails_beside_others_is_tried_alone_and_told(stage_of, tmp_path) -> None:
    flag = tmp_path / "flag"
    done = run(
        stage_of(
            "from pathlib import Path\n"
            f"FLAG = Path({str(flag)!r})\n"
            "def test_good():\n    assert not FLAG.exists()\n"
            "def test_weak():\n    seen = FLAG.exists()\n    FLAG.touch()\n    assert seen\n"
        ),
        selective=False,
    )
    assert done.exit_code == 0
    assert [test.rpartition("::")[2] for test in done.second_try] == ["test_weak"]
    assert "second try only" in summary([done])


def test_what_fails_twice_has_failed(stage_of) -> None:
    done = run(stage_of("def test_bad():\n    assert False\n"), selective=False)
    assert (done.exit_code, done.second_try) == (1, ())


def test_many_failures_are_not_the_machines_load(stage_of, tmp_path) -> None:
    count = tmp_path / "count"
    done = run(
        stage_of(
            "import pytest\n"
            f"@pytest.mark.parametrize('n', range({ALONE_AT_MOST + 1}))\n"
            f"def test_bad(n):\n    open({str(count)!r}, 'a').write('x')\n    assert False\n"
        ),
        selective=False,
    )
    assert done.exit_code == 1
    assert len(count.read_text()) == ALONE_AT_MOST + 1


def test_who_names_tests_sees_them_fail(root) -> None:
    (everything,) = (s for s in stages((), fast=False, env={}, root=root) if "engine" in s.name)
    (named,) = stages(("tests/engine/test_up.py",), fast=False, env={}, root=root)
    assert everything.alone
    assert not named.alone
