"""What directories take on the disk."""

import subprocess

import pytest

from parity.stack.gateway_image.store import place, sizes


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(place, "STORE", tmp_path)
    (tmp_path / "states" / "a1" / "0").mkdir(parents=True)
    return tmp_path


def size(place="states/a1"):
    return sizes.run({"paths": [place]}).get(place)


def test_blocks_are_counted_and_holes_are_not(store):
    folder = store / "states" / "a1" / "0"
    empty = size()["disk"]
    (folder / "full").write_bytes(b"x" * 100_000)
    with (folder / "hole").open("wb") as file:
        file.truncate(10_000_000)
    assert 100_000 <= size()["disk"] - empty < 200_000


def test_a_file_with_two_names_counts_once(store):
    file = store / "states" / "a1" / "0" / "one"
    file.write_bytes(b"x" * 100_000)
    before = size()["disk"]
    (file.parent / "two").hardlink_to(file)
    assert size()["disk"] == before


def test_what_nobody_shares_is_its_own(store):
    (store / "states" / "a1" / "0" / "one").write_bytes(b"x" * 100_000)
    assert size()["own"] == size()["disk"]


def test_shared_blocks_are_not_its_own(store):
    one = store / "states" / "a1" / "0" / "one"
    one.write_bytes(b"x" * 1_000_000)
    copy = ["cp", "--reflink=always", str(one), str(store / "copy")]
    if subprocess.run(copy, capture_output=True).returncode:
        pytest.skip("the file system of the temporary folder shares no blocks")
    assert size()["own"] < size()["disk"] - 900_000


def test_one_that_is_gone_is_left_out(store):
    assert sizes.run({"paths": ["states/b2"]}) == {}


def test_a_link_that_leads_nowhere_is_no_error(store):
    (store / "states" / "a1" / "0" / "link").symlink_to("nowhere")
    assert size()["disk"] >= 0
