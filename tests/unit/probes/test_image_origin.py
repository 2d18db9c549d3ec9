"""Where an image comes from, as an engine and as a registry tell it."""

import pytest

from parity.probes.image_origin import read

ENGINE = {
    "Created": "2026-11-22T11:39:06.123456789Z",
    "Config": {
        "Labels": {"org.opencontainers.image.revision": "4f2c1d9", "dev.parity.inputs": "x"}
    },
    "RootFS": {"Type": "layers", "Layers": ["sha256:" + "a" * 64, "sha256:" + "b" * 64]},
    # Of a real answer of an engine: the newest first.
    "History": [
        {"CreatedBy": "/bin/sh -c #(nop)  USER 10001:10001", "Size": 0},
        {"CreatedBy": "/bin/sh -c python3 -m compileall    -q /app", "Size": 87123},
        {"CreatedBy": "", "Size": 78000000},
    ],
}
REGISTRY = {
    "created": "2026-11-22T11:39:06.123456789Z",
    "config": {"Labels": {"org.opencontainers.image.revision": "4f2c1d9"}},
    "rootfs": {"type": "layers", "diff_ids": ["sha256:" + "a" * 64, "sha256:" + "b" * 64]},
    "history": [
        {"created": "2026-11-22T11:39:06Z"},
        {"created_by": "python3 -m compileall -q /app # buildkit"},
        {"created_by": "USER 10001:10001", "empty_layer": True},
    ],
}


def test_an_engine_and_a_registry_say_the_same():
    assert (
        read(ENGINE)
        == read(REGISTRY)
        == {
            "created": "2026-11-22T11:39:06Z",
            "labels": {"org.opencontainers.image.revision": "4f2c1d9"},
            "history": ["(not told)", "python3 -m compileall -q /app", "USER 10001:10001"],
            "layers": ["a" * 12, "b" * 12],
        }
    )


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "soon", 7, None])
def test_a_time_that_says_nothing_is_none(time):
    assert read({"Created": time})["created"] == ""


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"Config": None, "RootFS": None, "History": None},
        {"Config": {"Labels": ["a"]}, "RootFS": {"Layers": "x"}, "History": "x"},
        {"Config": {"Labels": {"a": 1, "b": ""}}, "rootfs": [], "history": {}},
    ],
)
def test_what_is_not_told_is_empty(record):
    assert not any(read(record).values())


def test_hostile_texts_are_cut_and_cannot_move_a_cursor():
    record = {
        "Config": {"Labels": {"a\x1b[2J": "b" * 10_000}},
        "History": [{"CreatedBy": "RUN \x1b]0;x\x07 echo"}, 7, {"CreatedBy": ["x"]}] * 1000,
        "RootFS": {"Layers": ["sha256:\x1b" * 50] * 1000},
    }
    found = read(record)
    assert len(found["history"]) == len(found["layers"]) == 200
    texts = [*found["labels"], *found["labels"].values(), *found["history"], *found["layers"]]
    assert all(text.isprintable() and len(text) <= 400 for text in texts)
