"""Where an environment runs, and which of its containers are asked."""

from dataclasses import replace

import pytest

from parity.actions import live_layers
from parity.actions.live_layers import Live, read
from parity.engine import inspect
from parity.errors import EngineError
from parity.model.environment import Environment, Place
from parity.model.facts import Facts
from parity.model.progress import silent
from parity.model.setting import Layer

ONE = Environment("e", "compose", (), {"services": {"web": {}}}, place=Place("there", "shop"))


def container(service, number, *, running=True):
    labels = {"com.docker.compose.project": "shop", "com.docker.compose.service": service}
    name = f"/shop-{service}-{number}"
    return {"Name": name, "Config": {"Labels": labels}, "State": {"Running": running}}


@pytest.fixture
def engine(monkeypatch):
    """Containers of any order."""
    rows = [container("web", 3), container("db", 1), container("web", 2, running=False)]
    rows.append(container("web", 1))
    asked = []

    def records(context, project):
        asked.append((context, project))
        return rows

    monkeypatch.setattr(inspect, "records", records)
    return asked


def test_containers_by_service_those_that_run_first(engine):
    found = live_layers._records(Place("there", "shop"))
    names = {service: [row["Name"] for row in rows] for service, rows in found.items()}
    assert names == {"web": ["/shop-web-1", "/shop-web-3", "/shop-web-2"], "db": ["/shop-db-1"]}
    assert engine == [("there", "shop")]


def test_parity_s_own_equipment_is_not_looked_at(engine, monkeypatch):
    gateway = container("parity-gateway", 1)
    gateway["Config"]["Labels"]["dev.parity.role"] = "gateway"
    monkeypatch.setattr(inspect, "records", lambda *_: [gateway, container("web", 1)])
    assert set(live_layers._records(Place("", "shop"))) == {"web"}
    with_gateway = replace(ONE, document={"services": {"web": {}, "parity-gateway": {}}})
    found = read(with_gateway, {Layer.HOST}, Live(lambda place: {}, None), silent)
    assert set(found[Layer.HOST]) == {"web"}


def test_an_engine_that_does_not_answer_is_the_reason():
    def away(place):
        raise EngineError("no engine answers")

    found = read(ONE, {Layer.HOST}, Live(away, None), silent)
    assert found == {Layer.HOST: {"web": Facts(unread={"container": "no engine answers"})}}


def test_other_layers_are_others_business():
    assert read(ONE, {Layer.IMAGE, Layer.DECLARED}, Live(None, None), silent) == {}
