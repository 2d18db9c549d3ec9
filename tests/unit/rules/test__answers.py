"""Ports that answer, and those of which nothing is known."""

import pytest

from parity.diff.compare import side
from parity.model.environment import Environment
from parity.model.facts import Facts, with_facts
from parity.model.setting import Layer
from parity.rules._answers import answers, leads_to, refuses
from parity.rules._values import Endpoint


def compose(**services):
    return side(Environment("dev", "compose", (), {"services": services}))


def cluster(*rows):
    document = {"services": {"api": {"image": "x:1"}}, "x-parity": {"services": list(rows)}}
    return side(Environment("prod", "kubernetes", (), document))


API = {"name": "shop", "names": ["shop", "shop.eu"], "backends": ["api"], "headless": False}


def test_a_service_answers_on_its_ports_under_all_its_names():
    prod = cluster({**API, "ports": [{"port": 80, "target": 9000}, {"port": 81, "target": 81}]})
    assert answers(prod, Endpoint("http", "shop.eu", ""))
    assert refuses(prod, Endpoint("http", "shop", "81")) is None
    target = refuses(prod, Endpoint("http", "shop", "9000"))
    assert target.ports == {"80", "81"}
    assert target.inside == "9000"
    assert leads_to(prod, "shop.eu") == "api"


@pytest.mark.parametrize("rows", [[{**API, "headless": True}], [API], [API, API], []])
def test_nothing_is_certain_of_names_without_one_address(rows):
    ports = [{"port": 80, "target": 80}]
    twice = len(rows) > 1
    rows = [{**row, "ports": ports if row["headless"] or twice else []} for row in rows]
    assert refuses(cluster(*rows), Endpoint("http", "shop", "99")) is None


def test_other_notations_say_nothing():
    prod = side(Environment("prod", "ecs", (), {"services": {"db": {"image": "postgres:16"}}}))
    assert refuses(prod, Endpoint("postgres", "db", "1234")) is None


def test_a_port_without_a_known_default_says_nothing():
    assert refuses(compose(db={"image": "postgres:16"}), Endpoint("", "db", "")) is None


def test_one_of_two_services_of_a_name_may_answer():
    networks = {"networks": {"default": {"aliases": ["store"]}}}
    dev = compose(db={"image": "postgres:16", **networks}, other={"image": "x:1", **networks})
    assert refuses(dev, Endpoint("", "store", "5433")) is None
    assert refuses(dev, Endpoint("", "db", "5433")).ports == {"5432"}
    assert answers(dev, Endpoint("", "store", "5432"))
    assert leads_to(dev, "db") == "db"
    assert leads_to(dev, "elsewhere.example") == ""


def looked_at(**running):
    layers = frozenset({Layer.DECLARED, Layer.RUNNING})
    body = with_facts({"image": "postgres:16"}, Layer.RUNNING, Facts(running))
    return side(Environment("dev", "compose", (), {"services": {"db": body}}, layers=layers))


def test_a_port_that_is_open_in_the_container_answers():
    dev = looked_at(listening={"5433/tcp": "everywhere"})
    assert refuses(dev, Endpoint("", "db", "5433")) is None
    assert answers(dev, Endpoint("", "db", "5433"))


def test_an_amount_that_was_read_is_no_port():
    dev = looked_at(limits={"pids": 5433})
    assert refuses(dev, Endpoint("", "db", "5433")).ports == {"5432"}
