"""Kept answers."""

import shutil

import pytest

from parity.actions import check_cache
from parity.actions.check_cache import Answer
from parity.config.load import load
from parity.paths import ProjectPaths


@pytest.fixture
def paths(tmp_path):
    (tmp_path / "parity.toml").write_text('[environments.prod]\nfiles = ["prod.yaml"]\n')
    (tmp_path / "prod.yaml").write_text("services: {a: {image: a}}")
    return ProjectPaths(tmp_path)


def key(paths, how="text", names=("prod",)):
    return check_cache.key(paths, load(paths), names, how)


def test_an_answer_is_found_again(paths):
    check_cache.put(paths, key(paths), Answer("fine", 0))
    assert check_cache.get(paths, key(paths)) == Answer("fine", 0)


def test_another_way_to_print_or_another_day_is_another_answer(paths, monkeypatch):
    before = key(paths)
    assert key(paths, how="json") != before

    class Tomorrow(check_cache.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2100, 1, 1, tzinfo=tz)

    monkeypatch.setattr(check_cache, "datetime", Tomorrow)
    assert key(paths) != before


@pytest.mark.parametrize(
    "name", ["parity.toml", "parity.lock", "parity.baseline.toml", "prod.yaml"]
)
def test_another_content_is_another_answer(paths, name):
    before = key(paths)
    with (paths.root / name).open("a") as file:
        file.write("\n")
    assert key(paths) != before


def test_what_cannot_be_known_is_not_kept(paths):
    assert key(paths, names=("prod", "nowhere")) == ""
    check_cache.put(paths, "", Answer("x", 0))
    assert check_cache.get(paths, "") is None
    assert not paths.checks.exists()


def test_a_broken_file_is_no_answer(paths):
    wanted = key(paths)
    check_cache.put(paths, wanted, Answer("fine", 0))
    (paths.checks / wanted).write_text("{")
    assert check_cache.get(paths, wanted) is None


def test_only_the_latest_are_kept(paths):
    for number in range(12):
        check_cache.put(paths, f"{number:064x}", Answer(str(number), 0))
    assert len(list(paths.checks.iterdir())) == 8
    assert check_cache.get(paths, f"{11:064x}") == Answer("11", 0)
    assert (paths.state / ".gitignore").exists()


def test_a_copy_of_the_project_has_its_key_and_another_content_has_not(paths, tmp_path_factory):
    copy = ProjectPaths(tmp_path_factory.mktemp("copy") / paths.root.name)
    shutil.copytree(paths.root, copy.root)
    assert key(copy) == key(paths)
    (copy.root / "prod.yaml").rename(copy.root / "other.yaml")
    (copy.root / "parity.toml").write_text('[environments.prod]\nfiles = ["other.yaml"]\n')
    assert key(copy) != key(paths)
