"""parity.lock: readable in git, and told when it is damaged."""

import pytest

from parity.errors import LockError
from parity.model.lock import EnvironmentLock, Lock, Pin
from parity.stack import lockfile

DIGEST = "sha256:" + "ab" * 32


def lock():
    pins = {"b:1": Pin(DIGEST, ("linux/amd64",)), "a:1": Pin(DIGEST, (), local=True)}
    return Lock({"prod": EnvironmentLock("sha256:d", pins)})


def test_a_lock_is_read_as_it_was_written(tmp_path):
    file = tmp_path / "parity.lock"
    assert lockfile.write(file, lock())
    assert lockfile.read(file) == lock()
    assert not lockfile.write(file, lock())


def test_a_changed_image_is_a_change_of_one_line(tmp_path):
    file = tmp_path / "parity.lock"
    lockfile.write(file, lock())
    before = file.read_text().splitlines()
    pins = {**lock().environments["prod"].images, "b:1": Pin("sha256:other", ("linux/amd64",))}
    lockfile.write(file, Lock({"prod": EnvironmentLock("sha256:d", pins)}))
    after = file.read_text().splitlines()
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1
    assert before.index('        "a:1": {') < before.index('        "b:1": {')


def test_no_file_is_an_empty_lock(tmp_path):
    assert lockfile.read(tmp_path / "parity.lock") == Lock()


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "null", "5", "{}", '{"schema": "1", "environments": {}}',
        '{"schema": 1, "environments": []}', '{"schema": 1, "environments": {"p": 5}}',
        '{"schema": 1, "environments": {"p": {"definition": "x"}}}',
        '{"schema": 1, "environments": {"p": {"definition": "x", "images": {"a": {}}}}}',
        '{"schema": 1, "environments": {"p": {"definition": "", "images": {"a": {"digest": "", "platforms": 5}}}}}',
        "<<<<<<< HEAD\n{}\n=======\n{}\n>>>>>>> theirs\n",
        "[" * 100000,
    ],
    ids=range(14),
)  # fmt: skip
def test_a_damaged_lock_names_the_file_and_the_way_out(tmp_path, text):
    file = tmp_path / "parity.lock"
    file.write_text(text)
    with pytest.raises(LockError) as caught:
        lockfile.read(file)
    assert caught.value.where == str(file)
    assert "parity lock" in caught.value.next_step
    assert file.read_text() == text


def test_a_lock_of_a_newer_parity_is_not_misread(tmp_path):
    file = tmp_path / "parity.lock"
    file.write_text('{"schema": 99, "environments": {}}')
    with pytest.raises(LockError, match="newer parity"):
        lockfile.read(file)
