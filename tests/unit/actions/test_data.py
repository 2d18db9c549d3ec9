"""The data of a stack as it is, and the store that goes with what is asked."""

from types import SimpleNamespace

import pytest

from parity.actions import data as module
from parity.actions.data import data_of, open_store
from parity.model.state import State
from parity.stack import labels
from parity.state.lying import Lying
from parity.state.volumes import DataVolume, Use

OLD = State("a1", "old", "shop", "sha256:0", "2026", "overlay", (), store="parity-store")
PROD = '[environments.prod]\nfiles = ["compose.yaml"]\n'


def row(name, service, role="service"):
    mine = {labels.STACK: "s", labels.SERVICE: service, labels.ROLE: role}
    return {"Id": name, "Names": [f"/{name}"], "State": "running", "Status": "Up", "Labels": mine}


def attrs(name, service, *mounts):
    mine = {labels.STACK: "s", labels.SERVICE: service}
    found = [
        {"Type": "volume", "Name": one, "Destination": target, "RW": True} for one, target in mounts
    ]
    return {"Id": name, "Config": {"Labels": mine}, "Mounts": found}


def test_what_a_stack_keeps_data_on_is_looked_up(engine):
    engine.answers["/containers/json"] = [row("c1", "db"), row("c2", "web")]
    engine.answers["/containers/c1/json"] = attrs("c1", "db", ("s_data", "/data"))
    engine.answers["/containers/c2/json"] = attrs("c2", "web")
    mine = {labels.STACK: "s", labels.LIVE: "live/x", "com.docker.compose.volume": "data"}
    device = {"type": "none", "o": "bind", "device": "/engine/parity-pool/_data/live/x"}
    volume = {"Name": "s_data", "Labels": mine, "Options": device}
    engine.answers["/volumes"] = {"Volumes": [volume]}
    found = data_of("s")
    assert [one.service for one in found.containers] == ["db", "web"]
    assert [one["Id"] for one in found.attrs] == ["c1", "c2"], "in the same order"
    assert found.volumes == (DataVolume("data", "s_data", (Use("db", 1, "/data"),)),)
    assert found.live == {"s_data": Lying("parity-pool", "live/x")}
    asked = [path for path in engine.asked if path.startswith(("/containers/json", "/volumes"))]
    assert all(labels.STACK + "=s" in path or labels.LIVE in path for path in asked)


def test_a_stack_that_is_not_there_has_none(engine):
    engine.answers["/volumes"] = {"Volumes": None}
    found = data_of("s")
    assert (found.containers, found.attrs, found.volumes, dict(found.live)) == ((), (), (), {})


@pytest.fixture
def chosen(monkeypatch):
    """How the store was asked for."""
    asked = []
    monkeypatch.setattr(
        module, "ensure_gateway", lambda client, tag, base, progress: asked.append((tag, base))
    )
    monkeypatch.setattr(
        module,
        "choose",
        lambda client, image, wish, progress, pool, volume="": (
            asked.append(SimpleNamespace(image=image, wish=wish, pool=pool, volume=volume))
            or "the store"
        ),
    )
    return asked


@pytest.mark.parametrize(
    ("table", "state", "wish", "pool", "volume"),
    [
        ("", None, "auto", True, ""),
        ('[state]\nbackend = "copy"\npool = false\n', None, "copy", False, ""),
        ("", OLD, "auto", True, "parity-store"),
        ('[state]\nbackend = "overlay"\n', OLD, "overlay", True, "parity-store"),
        # A state can be read from where it is only, whatever is wished for new ones.
        ('[state]\nbackend = "reflink"\n', OLD, "auto", True, "parity-store"),
    ],
    ids=["new", "new, by wish", "old", "old, as wished", "old, otherwise than wished"],
)
def test_the_store_is_that_of_the_state_else_the_best_or_the_one_wished(
    session, chosen, table, state, wish, pool, volume
):
    one = session(toml=PROD + table)
    assert open_store(None, one, None, state) == "the store"
    (tag, base), asked = chosen
    assert tag == asked.image == module.gateway_tag(base)
    assert base == one.project.local.gateway_base
    assert (asked.wish, asked.pool, asked.volume) == (wish, pool, volume)
