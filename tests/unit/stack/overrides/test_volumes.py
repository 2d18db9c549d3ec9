"""Volumes belong to the stack."""

import pytest

from parity.model.document import ABSENT
from parity.stack.overrides import volumes


@pytest.mark.parametrize(
    ("volume", "gone"),
    [
        ({"external": True, "name": "prod-data"}, ["external"]),
        ({"driver": "rexray", "driver_opts": {"size": "9"}}, ["driver", "driver_opts"]),
        ({"driver_opts": {"type": "nfs", "o": "addr=nas", "device": ":/x"}}, ["driver_opts"]),
        ({"driver": "local", "driver_opts": {"type": "cifs"}}, ["driver_opts"]),
    ],
)
def test_productions_storage_is_not_touched(draft, context, volume, gone):
    one = draft({}, volumes={"data": volume})
    volumes.apply(one, context())
    for field in gone:
        assert one.get(("volumes", "data", field)) is ABSENT
    assert one.get(("volumes", "data", "name")) == "shop-abc123_data"
    assert {row.path[2] for row in one.overrides} == {*gone, "name"}


@pytest.mark.parametrize(
    "volume",
    [None, {}, {"driver": "local"}, {"driver_opts": {"type": "tmpfs", "device": "tmpfs"}},
     {"labels": {"a": "b"}}],
)  # fmt: skip
def test_a_local_volume_is_only_renamed(draft, context, volume):
    one = draft({}, volumes={"data": volume})
    volumes.apply(one, context())
    assert {row.path[2] for row in one.overrides} == {"name"}


def test_a_bind_in_disguise_becomes_a_volume_of_the_stack(draft, context):
    options = {"type": "none", "o": "bind", "device": "/srv/data"}
    one = draft({}, volumes={"data": {"driver_opts": options}})
    volumes.apply(one, context())
    assert one.get(("volumes", "data", "driver_opts")) is ABSENT
