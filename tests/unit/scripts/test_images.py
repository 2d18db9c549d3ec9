"""images.toml."""

import pytest

from scripts.lib.errors import SetupError
from scripts.lib.images import TESTS_FILE, Image, load
from scripts.lib.paths import IMAGES_FILE


def test_an_entry(tmp_path) -> None:
    path = tmp_path / "images.toml"
    path.write_text('[[image]]\nname="a/b"\ntag="1"\ncontext="c"\ndockerfile="Dockerfile"\n')
    assert load(path, tmp_path) == [Image("a/b", "1", tmp_path / "c", "Dockerfile")]


@pytest.mark.parametrize(
    "text", ["", "[[image]]", "[[image]", "image = 3", '[[image]]\nname="a"\ntag=1\n']
)
def test_a_wrong_file_is_named(tmp_path, text) -> None:
    path = tmp_path / "images.toml"
    path.write_text(text)
    with pytest.raises(SetupError, match=r"images\.toml") as caught:
        load(path, tmp_path)
    assert caught.value.exit_code == 2


def test_a_missing_file_is_named(tmp_path) -> None:
    with pytest.raises(SetupError, match="No such file"):
        load(tmp_path / "images.toml", tmp_path)


def test_the_reference_stacks_own_file_is_readable() -> None:
    for image in load(IMAGES_FILE):
        assert (image.context / image.dockerfile).is_file()


def test_the_images_of_the_tests_are_readable_and_no_part_of_the_stack() -> None:
    found = load(TESTS_FILE)
    for image in found:
        assert (image.context / image.dockerfile).is_file()
    assert not {image.name for image in found} & {image.name for image in load(IMAGES_FILE)}
