"""Where a live volume's directory lies is told by its options alone."""

import pytest

from parity.stack import labels
from parity.state.backends.overlay import mounted
from parity.state.lying import Lying, all_lying, lying

POOL = "/var/lib/docker/volumes/parity-pool/_data"
PLAIN = "/srv/my=disk/volumes/parity-store/_data"
LIVE = {labels.LIVE: "live/a1"}


def volume(options, mine=LIVE):
    return {"Name": "s_data", "Options": options, "Labels": mine}


def test_of_a_bound_directory():
    options = {"type": "none", "o": "bind", "device": f"{POOL}/live/a1"}
    assert lying(volume(options)) == Lying("parity-pool", "live/a1")


def test_of_a_layer():
    options = mounted(PLAIN, "states/b2/0", "live/a1")
    assert lying(volume(options)) == Lying("parity-store", "live/a1")


@pytest.mark.parametrize(
    ("options", "mine"),
    [
        (None, None),
        (None, LIVE),
        ({"type": "none", "device": f"{POOL}/live/other"}, LIVE),
        ({"type": "none", "device": f"{POOL}/live/a1"}, {labels.STACK: "s"}),
        ({"type": "nfs", "o": "addr=10.0.0.1", "device": ":/data"}, {}),
    ],
)
def test_other_volumes_lie_nowhere(options, mine):
    assert lying(volume(options, mine)) is None
    assert all_lying([volume(options, mine)]) == {}


def test_by_name():
    options = {"type": "none", "o": "bind", "device": f"{POOL}/live/a1"}
    assert all_lying([volume(options)]) == {"s_data": Lying("parity-pool", "live/a1")}
