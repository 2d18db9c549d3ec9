"""How trees are cut: what a change changes, and what it leaves alone."""

import os
import stat
from dataclasses import replace

import pytest

from parity.stack.gateway_image.store.layers import LARGE, PIECE, SMALLEST, Layer, cut
from parity.stack.gateway_image.store.tree import Entry, walk

TOP = Entry(b"", stat.S_IFDIR | 0o755, 0, 0, 0, 1, (1, 1), 2)


def file(name, size=10, inode=None, mtime=1):
    one = (1, inode or hash(name))
    return Entry(name.encode(), stat.S_IFREG | 0o600, 0, 0, size, mtime, one, 1)


def hashes(entries):
    return {entry.path: f"h{entry.path!r}{entry.size}" for entry in entries if entry.regular}


def layers(*entries):
    entries = [TOP, *sorted(entries, key=lambda entry: entry.path)]
    return cut(entries, hashes(entries))


def test_an_empty_volume_is_one_layer_with_its_top():
    (one,) = layers()
    assert one.paths == ("",)
    assert one.bytes == 0


def test_every_path_is_in_one_layer():
    found = layers(*(file(f"f{n}", 1 << 20) for n in range(200)))
    paths = [path for layer in found for path in layer.paths]
    assert len(found) > 3
    assert sorted(paths) == sorted(["", *(f"f{n}" for n in range(200))])


def test_groups_have_a_least_and_a_largest_size():
    found = layers(*(file(f"f{n}", 1 << 20) for n in range(2000)))
    assert all(SMALLEST <= layer.bytes <= PIECE for layer in found[:-1])


def test_a_new_file_changes_its_own_group_only():
    files = [file(f"f{n:04}", 1 << 20) for n in range(400)]
    before = {layer.id for layer in layers(*files)}
    after = {layer.id for layer in layers(*files, file("f0200x", 1 << 20))}
    assert len(before) > 8
    assert len(after - before) <= 2


def test_a_large_file_travels_in_pieces_behind_the_groups():
    found = layers(file("big", 2 * PIECE + 5), file("small"))
    assert [layer.piece for layer in found] == ["", "big", "big", "big"]
    assert [(layer.offset, layer.length) for layer in found[1:]] == [
        (0, PIECE),
        (PIECE, PIECE),
        (2 * PIECE, 5),
    ]
    assert "big" in found[0].paths
    assert found[0].bytes == 10


def test_a_time_alone_leaves_a_large_files_pieces_as_they_were():
    one = layers(file("big", LARGE))
    other = layers(file("big", LARGE, mtime=2))
    assert one[0].id != other[0].id
    assert one[1] == other[1]


def test_a_file_just_too_small_is_no_large_one():
    (one,) = layers(file("big", LARGE - 1))
    assert one.bytes == LARGE - 1


@pytest.mark.parametrize(
    "change",
    [{"uid": 5}, {"gid": 5}, {"mode": stat.S_IFREG | 0o644}, {"mtime": 7}, {"size": 11}]
    + [{"attributes": (("user.a", b"b"),)}],
    ids=str,
)
def test_what_a_layer_says_is_in_its_id(change):
    before = layers(file("a"))
    after = layers(replace(file("a"), **change))
    assert before[0].id != after[0].id


def test_equal_trees_have_equal_ids_wherever_they_are():
    one = layers(file("a", inode=5))
    other = layers(file("a", inode=99))
    assert one == other


def test_further_names_of_a_file_come_after_all_groups():
    found = layers(file("a", inode=7), file("b"), file("c", inode=7))
    assert found[-1].links == (("c", "a"),)
    assert "c" not in found[0].paths


@pytest.mark.parametrize("kind", [stat.S_IFCHR, stat.S_IFBLK])
def test_a_device_is_refused_by_name(kind):
    with pytest.raises(ValueError, match="dev/null is a device"):
        layers(replace(file("dev/null"), mode=kind | 0o666))


def test_a_plan_is_read_as_it_was_written():
    for layer in layers(file("a", inode=7), file("c", inode=7), file("big", LARGE)):
        assert Layer.from_json(layer.to_json()) == layer


def test_names_that_are_no_text_are_kept(tmp_path):
    (tmp_path / os.fsdecode(b"\xff")).touch()
    (one,) = cut(list(walk(str(tmp_path))), {b"\xff": "h"})
    assert os.fsencode(one.paths[1]) == b"\xff"
