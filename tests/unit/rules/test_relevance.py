"""Which differences and services a rule is asked about."""

import re

import pytest

from parity.diff.compare import compare
from parity.model.environment import Environment
from parity.model.finding import Severity
from parity.model.hidden import Concealed, Hidden
from parity.rules.contract import Rule, _constants
from parity.rules.registry import catalogue
from parity.rules.relevance import Relevance


def comparison(local, production):
    sides = [
        Environment(name, "compose", (), {"services": {"web": {"image": "x:1", **body}}})
        for name, body in (("a", local), ("b", production))
    ]
    return compare(*sides)


def rule(shape="single", **options):
    return Rule("AA001", "aa.one", Severity.INFO, shape, print, **options)


CHANGED = comparison(
    {"environment": {"A": "1"}, "deploy": {"replicas": 1}},
    {"environment": {"A": "2", "POOL_SIZE": "3"}, "deploy": {"replicas": 2}},
)
EQUAL = comparison({"environment": {"POOL_SIZE": "3"}}, {"environment": {"POOL_SIZE": "3"}})


def asked(**options):
    found = Relevance(CHANGED).differences(rule(**options))
    return [".".join(map(str, difference.path)) for difference in found]


def test_a_single_rule_sees_the_differences_of_its_paths():
    assert asked(paths=("environment.A",)) == ["environment.A"]
    assert sorted(asked(paths=("environment.*",))) == ["environment.A", "environment.POOL_SIZE"]
    assert asked(paths=("deploy",)) == ["deploy.replicas"]
    assert asked(paths=("deploy.resources",)) == []
    assert len(asked()) == 3


def test_a_single_rule_sees_the_differences_of_its_names():
    pool, counts = re.compile("^POOL_"), re.compile("replicas$")
    assert asked(names=(pool,)) == ["environment.POOL_SIZE"]
    assert sorted(asked(names=(pool, counts))) == ["deploy.replicas", "environment.POOL_SIZE"]
    assert asked(names=(counts,), paths=("environment.*",)) == []


def test_one_difference_is_shown_once_though_two_patterns_fit():
    assert asked(paths=("deploy.replicas", "deploy")) == ["deploy.replicas"]


@pytest.mark.parametrize(
    ("options", "concerned"),
    [
        ({}, True),
        ({"paths": ("deploy.replicas",)}, True),
        ({"paths": ("healthcheck",)}, False),
        ({"words": ("pool",)}, True),
        ({"words": ("redis",)}, False),
        ({"words": ("redis", "pool"), "paths": ("environment",)}, True),
    ],
)
def test_a_pair_rule_sees_pairs_with_its_words_of_which_something_of_its_own_differs(
    options, concerned
):
    found = Relevance(CHANGED).pairs(rule("pair", **options))
    assert list(found) == [CHANGED.pairs[0]] * concerned


def test_equal_pairs_are_shown_only_to_who_asks():
    asks = Relevance(EQUAL).pairs
    assert list(asks(rule("pair"))) == []
    assert list(asks(rule("pair", equal=True))) == [*EQUAL.pairs]
    assert list(asks(rule("pair", equal=True, words=("redis",)))) == []
    assert list(asks(rule("pair", equal=True, words=("pool",)))) == [*EQUAL.pairs]


def test_only_services_that_are_wanted_are_shown():
    for services, shown in ((frozenset({"web"}), True), (frozenset({"other"}), False)):
        some = Relevance(CHANGED, services)
        assert bool(list(some.differences(rule()))) is shown
        assert bool(list(some.pairs(rule("pair")))) is shown
    assert not Relevance(EQUAL, frozenset({"other"})).pairs(rule("pair", equal=True))


def test_a_joint_rule_sees_sides_in_which_its_words_occur():
    asks = Relevance(CHANGED).concerns_side
    assert asks(rule("joint"), CHANGED.left)
    assert asks(rule("joint", words=("pool",)), CHANGED.right)
    assert not asks(rule("joint", words=("pool",)), CHANGED.left)


def test_the_same_difference_of_many_services_is_looked_at_once():
    def side(name, value):
        secret = Concealed("postgres://u:•••@db/shop", (Hidden("alnum", 12, f"run:{value}"),))
        body = {"image": "x:1", "environment": {"A": value, "S": secret}}
        services = dict.fromkeys(("one", "two"), body)
        return Environment(name, "compose", (), {"services": services})

    found = Relevance(compare(side("a", "1"), side("b", "2")))
    told = [
        [(each.service, each.path[-1]) for each in same] for same in found.alike(rule(alone=True))
    ]
    assert [("one", "A"), ("two", "A")] in told
    assert [("one", "S")] in told, "of what is hidden nobody knows whether it is the same"
    assert all(len(same) == 1 for same in found.alike(rule()))


@pytest.mark.parametrize(
    "alone", [one for one in catalogue().rules if one.alone], ids=lambda r: r.id
)
def test_rules_that_look_at_values_alone_ask_for_no_service(alone):
    asked = _constants(alone.function, set())
    assert not asked & {"service", "services", "left_service", "pair", "pairs", "settings", "at"}
