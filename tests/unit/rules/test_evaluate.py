"""From differences to a report: what speaks, what folds, what comes first."""

from datetime import date

import pytest

from parity.diff.compare import compare
from parity.model.environment import Environment
from parity.model.finding import Severity, Why
from parity.model.override import Override
from parity.model.project import WaiverTable
from parity.model.setting import FixedOrigin, Layer, Origin
from parity.rules.contract import TAG, Found, joint, pair, single
from parity.rules.evaluate import evaluate
from parity.rules.registry import Catalogue
from parity.rules.terms import Terms


def environment(name, **services):
    bodies = {key: {"image": "x:1", **body} for key, body in services.items()}
    return Environment(name, "compose", (), {"services": bodies})


def compared(local, production):
    return compare(environment("local", **local), environment("prod", **production))


def rules(*functions):
    return Catalogue(tuple(getattr(function, TAG) for function in functions))


def env(**variables):
    return {"environment": variables}


@single("AA001", "aa.value", Severity.WARNING, paths=("environment.*",))
def value(difference, comparison):
    yield Found(f"{difference.path[-1]} in {comparison.right.name}", "mend it")


@single("AA002", "aa.worse", Severity.ERROR, paths=("environment.B",), symptoms=("boom",))
def worse(difference, comparison):
    yield Found("B is worse")


@single("AA003", "aa.generic", Severity.INFO, generic=True)
def generic(difference, comparison):
    yield Found("differs")


@pair("AA004", "aa.pair", Severity.WARNING)
def both(services):
    yield Found("two", at=((services.name, ("environment", "A")), (services.name, ("user",))))


@joint("AA005", "aa.joint", Severity.ERROR)
def together(side):
    for service in side.services.values():
        if service.has_env("A") and service.has_env("B"):
            yield Found("A and B", at=((service.name, ("environment", "A")),))


def told(report):
    return [(finding.rule, finding.setting) for finding in report.findings]


def test_a_generic_rule_speaks_of_what_is_left():
    sides = compared({"w": {**env(B="1"), "user": "1"}}, {"w": {**env(B="2"), "user": "2"}})
    assert told(evaluate(sides, rules(value, generic))) == [
        ("AA001", "services.w.environment.B"),
        ("AA003", "services.w.user"),
    ]


def test_what_is_expected_is_folded_with_its_reason():
    report = evaluate(
        compared({"w": env(DB_HOST="a")}, {"w": env(DB_HOST="b.test")}), rules(generic)
    )
    assert report.findings == ()
    assert [(f.why, bool(f.reason)) for f in report.folded] == [(Why.EXPECTED, True)]


def test_levels_change_and_switch_off():
    sides = compared({"w": env(B="1")}, {"w": env(B="2")})
    found = evaluate(sides, rules(worse), Terms(levels={"aa.worse": "info"})).findings
    assert [f.severity for f in found] == [Severity.INFO]
    off = evaluate(sides, rules(worse, generic), Terms(levels={"AA002": "off"}))
    assert told(off) == [("AA003", "services.w.environment.B")]
    assert off.checked == 1


def test_a_layer_that_was_not_read_is_not_a_match():
    @single("AA007", "aa.running", Severity.INFO, reads=(Layer.DECLARED, Layer.RUNNING))
    def running(difference, comparison):
        yield Found("never")

    report = evaluate(compared({"w": env(A="1")}, {"w": env(A="2")}), rules(running))
    assert report.findings == ()
    assert report.checked == 0
    assert [(r.rule, r.reason) for r in report.not_checked] == [
        ("AA007", "running not read on both sides")
    ]


def test_services_and_layers_narrow_it():
    sides = compared({"v": env(A="1"), "w": env(A="1")}, {"v": env(A="2"), "w": env(A="2")})
    only = evaluate(sides, rules(value), Terms(services=frozenset({"w"})))
    assert told(only) == [("AA001", "services.w.environment.A")]
    none = evaluate(sides, rules(value), Terms(layers=frozenset({Layer.RUNNING})))
    assert none.findings == ()


@pytest.mark.parametrize(
    ("path", "left", "right"),
    [
        (("services", "w", "deploy", "replicas"), {}, {"deploy": {"replicas": 2}}),
        (("services", "w", "scale"), {}, {"scale": 2}),
        (("services", "w", "mem_limit"), {"mem_limit": "1g"}, {"mem_limit": "2g"}),
        (("services", "w", "environment"), env(A="1"), env(A="2")),
    ],
)
def test_declared_overrides_fold_with_their_reason(path, left, right):
    override = Override(path, 1, 2, "it is a laptop")
    sides = compared({"w": left}, {"w": right})
    report = evaluate(sides, rules(value, generic), Terms(overrides=(override,)))
    assert report.findings == ()
    assert [(f.why, f.reason) for f in report.folded] == [(Why.OVERRIDE, "it is a laptop")]


def test_waivers_fold_and_left_over_ones_are_findings(catalogue):
    sides = compared({"w": env(PAGES="1")}, {"w": env(PAGES="2")})
    good = WaiverTable(rule="DF006", setting="services.w.environment.PAGES", reason="known")
    left = WaiverTable(rule="DF006", setting="services.w.environment.GONE", reason="known")
    terms = Terms(
        waivers=(good, left),
        waiver_origins=(None, Origin("parity.toml", 9)),
        today=date(2026, 1, 1),
    )
    report = evaluate(sides, catalogue, terms)
    assert [f.rule for f in report.findings] == ["WV002"]
    assert str(report.findings[0].places[0].right_origin) == "parity.toml:9"
    assert [f.why for f in report.folded] == [Why.WAIVER]


def test_findings_say_where_both_sides_stand():
    sides = compared({"w": env(B="1")}, {"w": env(B="2")})
    origins = [FixedOrigin(Origin(name, 3)) for name in ("a.yaml", "b.yaml")]
    (found,) = evaluate(sides, rules(worse), left=origins[0], right=origins[1]).findings
    assert str(found.places[0].left_origin) == "a.yaml:3"
    assert str(found.places[0].right_origin) == "b.yaml:3"
    assert (found.places[0].left, found.places[0].right) == ("1", "2")
