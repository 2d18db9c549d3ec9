"""Which rule speaks of a setting, and in which order."""

from parity.diff.compare import compare
from parity.model.environment import Environment
from parity.model.facts import Facts, with_facts
from parity.model.finding import Severity, Why
from parity.model.setting import Layer
from parity.rules.contract import TAG, Found, joint, pair, single
from parity.rules.evaluate import evaluate
from parity.rules.judge import explains
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


def test_the_more_severe_of_two_speaks_and_the_other_is_folded():
    report = evaluate(compared({"w": env(B="1")}, {"w": env(B="2")}), rules(value, worse, generic))
    assert told(report) == [("AA002", "services.w.environment.B")]
    assert [(f.finding.rule, f.why) for f in report.folded] == [("AA001", Why.SAID)]


def test_settings_that_a_finding_only_mentions_are_claimed_as_well():
    sides = compared({"w": {**env(A="1"), "user": "1"}}, {"w": {**env(A="2"), "user": "2"}})
    report = evaluate(sides, rules(both, generic))
    assert told(report) == [("AA004", "services.w.environment.A")]
    assert [place.setting for place in report.findings[0].places][1] == "services.w.user"


def test_a_joint_finding_of_one_side_names_it_and_of_both_ranks_lower():
    one = evaluate(compared({"w": env(A="1")}, {"w": env(A="1", B="2")}), rules(together))
    assert one.findings[0].message == "in prod: A and B"
    assert one.findings[0].severity is Severity.ERROR
    two = evaluate(compared({"w": env(A="1", B="2")}, {"w": env(A="1", B="2")}), rules(together))
    assert two.findings[0].message == "on both sides: A and B"
    assert two.findings[0].severity is Severity.WARNING
    assert two.findings[0].score < one.findings[0].score


def test_a_joint_finding_of_the_left_has_the_right_sides_name():
    sides = (environment("local", w_1=env(A="1", B="1")), environment("prod", w=env(A="1")))
    report = evaluate(compare(*sides, pairs={"w_1": "w"}), rules(together))
    assert told(report) == [("AA005", "services.w.environment.A")]


def test_a_symptom_lifts_what_explains_it():
    sides = compared({"w": env(A="1", B="1")}, {"w": env(A="2", B="2")})
    assert told(evaluate(sides, rules(value)))[0][1].endswith(".A")
    lifted = evaluate(sides, rules(value, worse), Terms(symptom="it says BOOM"))
    assert told(lifted)[0][0] == "AA002"
    named = compared({"w": env(AAA="1", PAGES="1")}, {"w": env(AAA="2", PAGES="2")})
    assert told(evaluate(named, rules(value), Terms(symptom="too many pages")))[0][1].endswith(
        "PAGES"
    )


def test_silent_trouble_comes_first_among_equals():
    @single("AA006", "aa.silent", Severity.WARNING, paths=("environment.Z",), silent=True)
    def silent(difference, comparison):
        yield Found("Z")

    sides = compared({"w": env(A="1", Z="1")}, {"w": env(A="2", Z="2")})
    assert [rule for rule, _ in told(evaluate(sides, rules(value, silent)))] == ["AA006", "AA001"]


def test_an_order_does_not_depend_on_the_order_of_rules():
    sides = compared({"w": env(A="1", B="1", C="1")}, {"w": env(A="2", B="2", C="2")})
    one = evaluate(sides, rules(value, worse, generic))
    two = evaluate(sides, rules(generic, worse, value))
    assert told(one) == told(two)


def test_a_symptom_of_a_rule_or_the_name_of_a_setting_explains():
    rule = getattr(worse, TAG)
    assert explains(rule, "then: BOOM", ["services.w.image"])
    assert explains(rule, "pages are short", ["services.w.environment.PAGES"])
    assert not explains(rule, "it is slow", ["services.w.environment.PAGES"])
    assert not explains(rule, "", ["services.w.environment.PAGES"])
    assert not explains(rule, "an A was seen", ["services.w.environment.A"])


@single("AA007", "aa.mild", Severity.INFO, paths=("environment.A",), symptoms=("boom",))
def mild(difference, comparison):
    """An info."""
    del difference, comparison
    yield Found("`A` is 1 on the left and 2 on the right side", "look on the left")


def test_what_explains_comes_first_whatever_its_severity():
    sides = compared({"w": env(A="1", B="1")}, {"w": env(A="2", B="2")})
    report = evaluate(sides, rules(mild, worse), Terms(symptom="boom"))
    assert {finding.explains for finding in report.findings} == {True}
    worst = evaluate(sides, rules(mild, loud), Terms(symptom="boom")).findings
    assert [(f.rule, f.explains) for f in worst] == [("AA007", True), ("AA008", False)]


@single("AA008", "aa.loud", Severity.ERROR, paths=("environment.B",), silent=True)
def loud(difference, comparison):
    """An error that has nothing to do with it."""
    del difference, comparison
    yield Found("it is loud")


def test_sides_are_called_by_their_names():
    sides = compared({"w": env(A="1")}, {"w": env(A="2")})
    (finding,) = evaluate(sides, rules(mild)).findings
    left, right = sides.left.name, sides.right.name
    assert finding.message == f"`A` is 1 in {left} and 2 in {right}"
    assert finding.fix == f"look in {left}"


@joint("AA006", "aa.live", Severity.ERROR, reads=(Layer.DECLARED, Layer.RUNNING))
def live(side):
    for service in side.services.values():
        if service.get("running", "user") == 0:
            yield Found("root", at=((service.name, ("running", "user")),))


def ran(user=None):
    body = {"image": "x:1"}
    return body if user is None else with_facts(body, Layer.RUNNING, Facts({"user": user}))


def judged(local, production):
    layers = frozenset({Layer.DECLARED, Layer.RUNNING})
    sides = (("local", local), ("prod", production))
    one, two = (
        Environment(name, "compose", (), {"services": services}, layers=layers)
        for name, services in sides
    )
    return evaluate(compare(one, two), rules(live), Terms())


def test_what_is_wrong_on_one_running_side_is_found():
    assert told(judged({"web": ran(0)}, {"web": ran(7)})) == [
        ("AA006", "services.web.running.user"),
    ]


def test_what_is_wrong_on_both_running_sides_is_no_difference():
    report = judged({"web": ran(0)}, {"web": ran(0)})
    assert told(report) == []
    assert [(each.why, each.reason) for each in report.folded] == [
        (Why.EXPECTED, "it is so on both sides")
    ]


def test_what_is_wrong_where_the_other_side_was_not_looked_at_is_no_difference():
    for other in ({"web": ran()}, {}):
        report = judged({"web": ran(0)}, other)
        assert "AA006" not in [rule for rule, _ in told(report)]
        assert "the other side was not looked at" in [each.reason for each in report.folded]
