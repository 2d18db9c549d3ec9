"""What scripts/test runs."""

import pytest

from scripts.lib.suite import Result, Stage, first_failure, split_paths, stages, summary


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
