"""The answer in sentences."""

from dataclasses import replace

from parity.model.finding import Report, Why
from parity.report import summary


def test_the_headline_counts_by_severity(shop):
    assert summary.headline(shop) == (
        "dev and prod differ in 8 findings: 2 errors, 4 warnings and 2 infos."
    )


def test_one_finding_is_one(shop):
    one = replace(shop, findings=shop.findings[:1])
    assert summary.headline(one) == "dev and prod differ in 1 finding: 1 error."


def test_what_both_have_alike_is_no_difference(shop):
    first = shop.findings[0]
    place = replace(first.places[0], left="latest", right="latest", detail=())
    alike = replace(first, places=(place,))
    project = replace(first, rule="CK002")
    one = replace(shop, findings=(alike, project))
    assert summary.headline(one) == (
        "Nothing that was found tells dev and prod apart; 2 findings on both or on the project: "
        "2 errors."
    )
    assert "differ in 3 findings" in summary.headline(
        replace(one, findings=(alike, project, first))
    )


def test_a_clean_result_never_says_that_the_environments_match(clean):
    said = summary.headline(clean)
    assert said == "No findings between dev and prod in 422 settings of 5 paired services."
    for word in ("match", "identical", "equal", "same", "parity"):
        assert word not in said


def test_comparing_nothing_is_not_clean(clean):
    said = summary.headline(replace(clean, pairs=0))
    assert said.startswith("Nothing could be compared")
    assert summary.headline(replace(clean, compared=0)).startswith("Nothing could be compared")


def test_what_is_folded_is_counted_by_reason(shop, clean):
    assert summary.folded_counts(shop)[Why.EXPECTED] == 12
    said = summary.folded_sentence(shop)
    assert said.startswith("Folded: 1 by parity's overrides, 1 by waivers, 12 expected")
    assert summary.folded_sentence(clean) == ""


def test_every_reason_has_words():
    assert set(summary.FOLDED) == set(Why)


def test_rules_that_could_not_look_passed_nothing(shop, clean):
    said = summary.checks_sentence(shop)
    assert said == "71 rules looked, 2 rules could not look and passed nothing."
    assert summary.checks_sentence(clean) == "71 rules looked."
    assert summary.checks_sentence(Report(clean.left, clean.right, ())) == ""


def test_a_side_says_where_it_comes_from(shop):
    assert summary.side(shop.right) == (
        "snapshot · 5 services, 211 settings · captured 2025-03-01T10:00:00Z"
        " · environments/prod.json"
    )


def test_many_files_are_not_all_named_and_losses_are_told(shop):
    info = replace(shop.left, files=tuple("abcde"), losses=2)
    assert summary.side(info).endswith("· a, b, c, …")
    assert "2 fields not expressible" in summary.side(info)


def test_files_below_the_root_are_named_from_it(shop, tmp_path):
    info = replace(shop.left, files=(str(tmp_path / "compose.yaml"), "/elsewhere/x.yaml"))
    assert summary.files(info, tmp_path) == "compose.yaml, /elsewhere/x.yaml"
    assert str(tmp_path) not in summary.side(info, tmp_path)


def test_what_all_lists_is_said_only_where_it_lists_something(shop, clean):
    assert summary.more_sentence(shop) == (
        "--all lists what is folded and which rules could not look."
    )
    assert summary.more_sentence(replace(shop, not_checked=())) == "--all lists what is folded."
    assert summary.more_sentence(replace(clean, folded=(), not_checked=())) == ""


def test_the_order_is_explained_only_where_something_fits(shop):
    assert summary.symptom_sentence(shop, "x") == ""
    asked = replace(shop, symptom="x")
    assert summary.symptom_sentence(asked, "“x”") == "No finding is known to fit the symptom “x”."
    first, *others = asked.findings
    fits = replace(asked, findings=(replace(first, explains=True), *others))
    assert summary.symptom_sentence(fits, "“x”") == "What fits the symptom “x” comes first."


def test_one_environment_alone_is_compared_with_none(shop, clean):
    alone = replace(clean, right=clean.left, pairs=0)
    assert summary.headline(alone) == (
        "dev has no findings in its lock and overrides; there is no second environment to compare it with."
    )
    one = replace(alone, findings=shop.findings[:1])
    assert summary.headline(one).startswith("dev has 1 error; there is no second environment")
