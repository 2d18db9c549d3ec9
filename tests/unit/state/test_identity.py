"""What a state is known by."""

from dataclasses import replace

from parity.model.state import SavedVolume
from parity.state.identity import identity

ONE = SavedVolume("data", ("db",), 3, 9, "sha256:a", "sha256:q")


def test_files_images_and_definition_count():
    base = identity([ONE], {"db": "i"}, "d")
    assert identity([replace(ONE, digest="sha256:b")], {"db": "i"}, "d") != base
    assert identity([replace(ONE, key="other")], {"db": "i"}, "d") != base
    assert identity([ONE], {"db": "j"}, "d") != base
    assert identity([ONE], {"db": "i"}, "e") != base


def test_times_and_order_do_not():
    two = replace(ONE, key="more")
    base = identity([ONE, two], {"a": "1", "b": "2"}, "")
    assert identity([two, replace(ONE, quick="other")], {"b": "2", "a": "1"}, "") == base
