"""The pool's file and device: made once, found again, never half."""

import pytest

from parity.stack.gateway_image.store import pool, room

GIB = room.GIB


@pytest.fixture
def image(tmp_path, monkeypatch):
    """Where the file is; `state` counts what was done."""
    state = {"over": None, "attached": 0, "detached": [], "commands": []}
    monkeypatch.setattr(room, "IMAGE", tmp_path)
    monkeypatch.setattr(room, "spare", lambda: 50 * GIB)

    def command(arguments):
        state["commands"].append(arguments[0])
        if arguments[0] == "fallocate":
            with open(arguments[-1], "ab") as file:
                file.truncate(max(file.tell(), int(arguments[2]) >> 20))

    def attach(file):
        state["attached"] += 1
        state["over"] = 7700
        return 7700

    monkeypatch.setattr(room, "command", command)
    monkeypatch.setattr(pool.loops, "over", lambda _: state["over"])
    monkeypatch.setattr(pool.loops, "attach", attach)
    monkeypatch.setattr(pool.loops, "detach", state["detached"].append)
    return tmp_path, state


def attach(**more):
    return pool.run({"do": "attach", "need": 0, "node": False, **more})


def test_it_is_made_and_named_for_the_engine(image):
    folder, state = image
    assert attach()["made"]
    assert (folder / "device").readlink().as_posix() == "/dev/loop7700"
    assert state["commands"] == ["fallocate", "mkfs.xfs", "fallocate"]


def test_it_is_made_once_and_its_holes_are_filled_again(image):
    _, state = image
    attach()
    state["commands"].clear()
    assert not attach()["made"]
    assert state["attached"] == 1
    assert state["commands"] == ["fallocate"]


def test_after_a_reboot_it_gets_a_device_again(image):
    _, state = image
    attach()
    state["over"] = None
    assert attach()["number"] == 7700
    assert state["attached"] == 2


def test_what_a_kill_left_goes_and_what_fails_leaves_nothing(image, monkeypatch):
    folder, _ = image
    (folder / "pool.new").write_text("half")

    def fails(arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(room, "command", fails)
    with pytest.raises(OSError, match="No space"):
        attach()
    assert sorted(path.name for path in folder.iterdir()) == ["lock"]


@pytest.mark.parametrize(
    ("need", "spare", "size"),
    [(0, 50, 4), (2, 50, 6), (20, 50, 50), (0, 2, 2)],
)
def test_the_first_size_is_three_times_the_need_as_far_as_there_is_room(need, spare, size):
    assert pool.first_size(need * GIB, spare * GIB) == size * GIB


@pytest.mark.parametrize(("need", "spare"), [(0, GIB // 4), (4 * GIB, 4 * GIB)])
def test_without_room_for_it_there_is_no_pool(need, spare):
    with pytest.raises(OSError, match=r"a pool takes .* the engine's disk has .* for it"):
        pool.first_size(need, spare)


def test_it_is_taken_off_its_device(image):
    _, state = image
    attach()
    assert pool.run({"do": "detach"}) == {"number": 7700}
    assert state["detached"] == [7700]


def test_whether_it_is_what_is_mounted_is_asked_of_the_keepers_own_check(monkeypatch):
    monkeypatch.setattr(pool, "ours", lambda: False)
    assert pool.run({"do": "ours"}) == {"ours": False}
