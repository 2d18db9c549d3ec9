"""The mount of an overlay: what it says, and what it cannot say."""

import pytest

from parity.errors import EngineError
from parity.state.backends.overlay import Overlay, mounted

ROOT = "/var/lib/docker/volumes/parity-store/_data"


class Store:
    def __init__(self, root=ROOT):
        self.root, self.asked = root, []

    def run(self, command, **arguments):
        self.asked.append((command, arguments))
        return {}


def test_sealed_below_and_a_layer_of_its_own_above():
    store = Store()
    [options] = Overlay().derive(store, [("states/a/0", "live/x")], remove=["live/old"])
    assert options["type"] == options["device"] == "overlay"
    parts = dict(part.split("=") for part in options["o"].split(","))
    assert parts["lowerdir"] == f"{ROOT}/states/a/0"
    assert parts["upperdir"] == f"{ROOT}/live/x/up"
    assert parts["workdir"] == f"{ROOT}/live/x/work"
    [(command, arguments)] = store.asked
    assert command == "overlay"
    assert arguments["layers"] == [{"over": "states/a/0", "to": "live/x"}]
    assert arguments["remove"] == ["live/old"]


def test_names_of_one_file_and_renamed_folders_are_kept_and_volatile_is_never_used():
    given = mounted(ROOT, "states/a/0", "live/x")["o"]
    assert "index=on" in given and "redirect_dir=on" in given
    assert "volatile" not in given


@pytest.mark.parametrize("root", ["/data,1", "/c:/docker", "/back\\slash"])
def test_a_path_that_means_something_in_a_mount_is_refused_before_anything_is_made(root):
    store = Store(root)
    with pytest.raises(EngineError, match="cannot name"):
        Overlay().derive(store, [("states/a/0", "live/x")])
    assert store.asked == []


def test_what_does_not_fit_into_a_page_is_refused():
    with pytest.raises(EngineError, match="too long"):
        mounted("/" + "x" * 1400, "states/a/0", "live/x")
    mounted("/" + "x" * 1200, "states/a/0", "live/x")


def test_a_layer_is_not_the_data():
    assert not Overlay().clones()
    assert Overlay().name == "overlay"
    assert "first" in Overlay().meaning
