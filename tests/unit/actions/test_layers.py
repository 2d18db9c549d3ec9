"""More of an environment than its definition: what is read, and what that makes of it."""

from dataclasses import replace

import pytest

from parity.actions.image_layers import Images
from parity.actions.layers import READABLE, with_layers
from parity.actions.live_layers import Live
from parity.model.environment import Environment, Place
from parity.model.facts import Facts, unread_in
from parity.model.progress import silent
from parity.model.setting import Layer

ONE = Environment(
    "prod",
    "compose",
    (),
    {"services": {"web": {"image": "x:1"}, "db": {"image": "y:1"}}},
    place=Place("", "shop"),
)
RECORDS = {"web": [{"Id": "1"}]}


def never(*asked):
    raise AssertionError(asked)


NO_IMAGES = Images(never, never)


def live(told, records=RECORDS):
    return Live(lambda place: records, lambda environment, rows, layers, progress: told)


def test_every_layer_can_be_read():
    assert frozenset(Layer) == READABLE


def test_nothing_wanted_or_all_there_asks_nobody():
    known = replace(ONE, layers=frozenset(Layer))
    nobody = Live(never, never)
    assert with_layers(ONE, (), silent, images=NO_IMAGES, live=nobody) is ONE
    assert with_layers(known, set(Layer), silent, images=NO_IMAGES, live=nobody) is known


def test_facts_stand_with_their_services():
    told = {Layer.RUNNING: {"web": Facts({"user": 7}), "gone": Facts({"user": 1})}}
    found = with_layers(ONE, {Layer.RUNNING}, silent, images=NO_IMAGES, live=live(told))
    assert found.services["web"]["x-parity"] == {"facts": {"running": {"user": 7}}}
    assert set(found.services) == {"web", "db"}
    assert found.layers == {Layer.DECLARED, Layer.RUNNING}
    assert list(unread_in(found.document)) == [
        ("db", Layer.RUNNING, "container", "no container of it is there")
    ]
    assert "x-parity" not in ONE.services["web"]


@pytest.mark.parametrize("layer", [Layer.RUNNING, Layer.HOST, Layer.DATABASE])
def test_where_nobody_says_where_it_runs_the_layer_was_not_read(layer):
    nowhere = replace(ONE, place=None)
    found = with_layers(nowhere, {layer}, silent, images=NO_IMAGES, live=Live(never, never))
    assert found.layers == {Layer.DECLARED}
    told = list(unread_in(found.document))
    assert [(service, of) for service, of, _, _ in told] == [("web", layer), ("db", layer)]
    assert "`project`" in told[0][3]


def test_a_service_that_is_no_database_has_nothing_to_tell():
    told = {Layer.DATABASE: {"db": Facts({"engine": "postgres"})}}
    found = with_layers(ONE, {Layer.DATABASE}, silent, images=NO_IMAGES, live=live(told))
    assert list(unread_in(found.document)) == []
    assert found.services["db"]["x-parity"]["facts"] == {"database": {"engine": "postgres"}}
