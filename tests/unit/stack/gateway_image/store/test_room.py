"""How a pool grows, and when it must not."""

from pathlib import Path

import pytest

from parity.stack.gateway_image.store import room

GIB = room.GIB


@pytest.fixture
def pool(tmp_path, monkeypatch):
    """A pool of 4 GiB; `state` says what is free in it and below it."""
    state = {"free": 2 * GIB, "total": 4 * GIB, "spare": 20 * GIB, "ran": [], "resized": []}
    monkeypatch.setattr(room, "IMAGE", tmp_path)
    with (tmp_path / "pool.img").open("wb") as file:
        file.truncate(4 * GIB)

    def command(arguments):
        state["ran"].append(arguments[0])
        if arguments[0] == "fallocate":
            with (tmp_path / "pool.img").open("r+b") as file:
                file.truncate(int(arguments[2]))
        if arguments[0] == "xfs_growfs":
            state["size"] = (tmp_path / "pool.img").stat().st_size
            state["free"] += state["size"] - state["total"]
            state["total"] = state["size"]

    monkeypatch.setattr(room, "command", command)
    monkeypatch.setattr(room, "free", lambda _: state["free"])
    monkeypatch.setattr(room, "total", lambda _: state["total"])
    monkeypatch.setattr(room, "mounted", lambda _: None)
    monkeypatch.setattr(room, "spare", lambda: state["spare"])
    monkeypatch.setattr(room.loops, "over", lambda _: 7700)
    monkeypatch.setattr(room.loops, "resize", state["resized"].append)
    return state


def test_with_enough_room_it_stays(pool):
    assert not room.grow(GIB // 2)
    assert pool["ran"] == []


def test_it_grows_before_it_is_full_in_the_order_that_keeps_every_promise(pool):
    pool["free"] = GIB // 2
    assert room.grow(0)
    assert pool["ran"] == ["fallocate", "xfs_growfs"]
    assert pool["resized"] == [7700]
    assert pool["size"] == 6 * GIB


def test_it_grows_by_what_is_needed(pool):
    room.want(10 * GIB)
    assert pool["size"] == (4 + 9) * GIB


def test_what_a_killed_growth_left_is_taken_first(pool, tmp_path):
    with (tmp_path / "pool.img").open("r+b") as file:
        file.truncate(12 * GIB)
    pool["free"] = 0
    room.want(6 * GIB)
    assert pool["ran"] == ["xfs_growfs"], "nothing more of the engine's disk"
    assert pool["resized"] == [7700]


def test_the_name_that_the_engine_mounted_it_by_is_made_to_be_there(pool, tmp_path, monkeypatch):
    device, name = tmp_path / "loop7700", tmp_path / "volumes" / "device"
    device.touch()
    monkeypatch.setattr(room, "mounted", lambda _: name)
    monkeypatch.setattr(room.loops, "node", lambda number: str(device))
    for _ in range(2):
        pool["free"] = 0
        assert room.grow(0)
        assert name.resolve() == device


def test_a_name_that_led_to_another_number_leads_to_todays(pool, tmp_path, monkeypatch):
    name = tmp_path / "device"
    name.symlink_to(tmp_path / "loop7699")
    monkeypatch.setattr(room, "mounted", lambda _: name)
    monkeypatch.setattr(room.loops, "node", lambda number: str(tmp_path / f"loop{number}"))
    pool["free"] = 0
    assert room.grow(0)
    assert name.readlink() == tmp_path / "loop7700"


def test_what_is_mounted_is_read_as_the_kernel_tells_it():
    assert room.mounted(Path("/proc")) is None, "no file"
    assert room.mounted(Path("/nowhere")) is None


def test_it_leaves_the_engines_disk_alone_when_that_is_nearly_full(pool):
    pool["free"], pool["spare"] = 0, 100 << 20
    assert not room.grow(0)
    with pytest.raises(OSError, match=r"takes 1.0 GiB, and 0 MiB are free") as full:
        room.want(GIB)
    assert full.value.errno == 28


def test_it_takes_what_there_is_when_that_is_not_all_it_wants(pool):
    pool["free"], pool["spare"] = 0, GIB // 2
    assert room.grow(0)
    assert pool["size"] == 4 * GIB + GIB // 2


def test_a_pool_whose_device_is_gone_does_not_grow(pool, monkeypatch):
    pool["free"] = 0
    monkeypatch.setattr(room.loops, "over", lambda _: None)
    assert not room.grow(0)
    assert pool["ran"] == []


def test_without_a_pool_only_the_disk_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "IMAGE", tmp_path / "none")
    monkeypatch.setattr(room, "STORE", tmp_path)
    room.want(1)
    with pytest.raises(OSError, match="are free"):
        room.want(1 << 60)


def test_a_part_of_the_engines_disk_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "IMAGE", tmp_path)
    assert 0 <= room.spare() < room.free(tmp_path)


def test_a_program_that_fails_says_why():
    with pytest.raises(OSError, match="it broke"):
        room.command(["sh", "-c", "echo it broke >&2; exit 1"])
    with pytest.raises(OSError, match="No space") as full:
        room.command(["sh", "-c", "echo No space left on device >&2; exit 1"])
    assert full.value.errno == 28
    room.command(["true"])


def test_one_at_a_time(tmp_path, monkeypatch):
    import fcntl

    monkeypatch.setattr(room, "IMAGE", tmp_path)
    with room.locked(), (tmp_path / "lock").open() as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
