"""Layers, and where values are written."""

from parity.model.setting import Anchored, FixedOrigin, Layer, NoOrigins, Origin


def test_an_origin_is_written_as_editors_open_it():
    assert str(Origin("compose.yaml", 7)) == "compose.yaml:7"
    assert str(Origin("compose.yaml")) == "compose.yaml"


def test_layers_are_ordered_from_cheap_to_dear():
    assert [layer.value for layer in Layer] == [
        "declared", "image", "filesystem", "running", "database", "host",
    ]  # fmt: skip
    assert Layer("declared") is Layer.DECLARED


def test_one_place_for_everything_and_none_at_all():
    place = Origin("docker inspect web")
    assert FixedOrigin(place).of(("services", "web", "image")) is place
    assert NoOrigins().of(("services", "web", "image")) is None


def test_what_an_engine_says_is_no_file_of_any_folder():
    said, file = Origin("docker inspect web-1"), Origin("compose.yaml", 3)
    assert not said.is_file
    assert file.is_file
    assert Anchored(FixedOrigin(said), "/srv/shop").of(("services", "web")) == said
    assert Anchored(FixedOrigin(file), "/srv/shop").of(()) == Origin("/srv/shop/compose.yaml", 3)
