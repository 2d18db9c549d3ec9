"""As few folders as are needed, and none of the huge ones."""

from pathlib import Path

from parity.watch.roots import split, wanted


def never(folder: Path) -> bool:
    return False


def modules(folder: Path) -> bool:
    return folder.name == "node_modules"


def make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).mkdir(parents=True)


def test_files_are_seen_through_the_folder_they_are_in(tmp_path):
    assert wanted([tmp_path / "compose.yaml", tmp_path / ".env"], [], never) == {tmp_path: False}


def test_a_tree_and_the_folder_above_it_which_sees_it_made_again(tmp_path):
    make(tmp_path, "src/a")
    assert wanted([], [tmp_path / "src"], never) == {tmp_path: False, tmp_path / "src": True}


def test_what_is_below_a_tree_needs_no_watch_of_its_own(tmp_path):
    make(tmp_path, "app/src")
    found = wanted([tmp_path / "app" / "compose.yaml"], [tmp_path / "app"], never)
    assert found == {tmp_path: False, tmp_path / "app": True}


def test_a_folder_that_is_not_there_is_waited_for_above(tmp_path):
    assert wanted([], [tmp_path / "a" / "b"], never) == {tmp_path: False}


def test_a_huge_ignored_folder_is_cut_out(tmp_path):
    make(tmp_path, "src/x", "web/app", *(f"web/node_modules/p{n}" for n in range(80)))
    web = tmp_path / "web"
    assert split(tmp_path, modules) == {
        tmp_path: False,
        tmp_path / "src": True,
        web: False,
        web / "app": True,
    }


def test_a_small_one_is_not_worth_the_cut(tmp_path):
    make(tmp_path, "src", "node_modules/one")
    assert split(tmp_path, modules) == {tmp_path: True}


def test_a_tree_that_would_fall_to_pieces_stays_whole(tmp_path):
    make(tmp_path, *(f"d{n}/x" for n in range(100)), *(f"node_modules/p{n}" for n in range(80)))
    assert split(tmp_path, modules) == {tmp_path: True}
