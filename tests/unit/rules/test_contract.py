"""What a rule is: a tagged function."""

from parity.model.finding import Severity
from parity.model.setting import Layer
from parity.rules.contract import TAG, Found, Rule, joint, outside, pair, single


def test_the_tag_marks_and_changes_nothing():
    @single("XX001", "xx.one", Severity.INFO, since="9.9")
    def one(difference, comparison):
        """A page.

        And more.
        """
        return (difference, comparison)

    rule = getattr(one, TAG)
    assert isinstance(rule, Rule)
    assert (rule.id, rule.name, rule.shape, rule.since) == ("XX001", "xx.one", "single", "9.9")
    assert one(1, 2) == (1, 2)
    assert rule.function is one
    assert rule.page == "A page.\n\nAnd more."
    assert rule.family == "XX"


def test_shapes_are_told_by_the_tag():
    shapes = {}
    for mark in (single, pair, joint, outside):

        @mark("XX001", "xx.one", Severity.INFO)
        def rule():
            """One."""

        shapes[mark.__name__] = getattr(rule, TAG).shape
    assert shapes == {name: name for name in ("single", "pair", "joint", "outside")}


def test_what_is_not_said_is_harmless():
    @pair("XX001", "xx.one", Severity.INFO)
    def rule(both):
        """One."""

    made = getattr(rule, TAG)
    assert made.reads == (Layer.DECLARED,)
    assert not (made.generic or made.silent or made.paths or made.symptoms or made.aliases)


def _milder():
    return Severity.INFO


@single("ZZ001", "zz.levels", Severity.WARNING)
def varying(difference, comparison):
    """A rule whose helper speaks of another severity."""
    del difference, comparison
    yield Found("", severity=_milder())


def test_a_rule_says_which_severities_its_findings_may_have():
    rule = getattr(varying, TAG)
    assert rule.severities == (Severity.WARNING, Severity.INFO)
    assert rule.levels == "warning; in some cases info"
