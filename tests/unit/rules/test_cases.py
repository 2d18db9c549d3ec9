"""Every rule does what its table of cases says, and has a table and a page worth the name."""

import json
import re
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from parity.rules import registry

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))

from scripts.lib import cases  # noqa: E402 - not part of the installed package

CATALOGUE = registry.catalogue()
INCIDENTS = ROOT / ".." / "shared" / "evidence" / "incidents.jsonl"
HEADINGS = (
    "What it compares:",
    "Why it matters:",
    "Example:",
    "What to do:",
    "When to ignore it:",
    "References:",
)
ids = [rule.id for rule in CATALOGUE.rules]
COMPARING = [rule for rule in CATALOGUE.rules if rule.shape != "outside"]
"""Those that look at two environments; the others have tests beside what they look at."""
comparing = [rule.id for rule in COMPARING]


def rows():
    for file in cases.files():
        for case in cases.load(file):
            yield pytest.param(case, id=f"{case.rule}: {case.name}")


@pytest.mark.parametrize("case", list(rows()))
def test_case(case):
    assert cases.mistakes(case, CATALOGUE) == []


@pytest.mark.parametrize("rule", comparing)
def test_every_rule_has_cases_of_each_outcome(rule):
    file = cases.CASES / f"{rule}.yaml"
    assert file.is_file(), f"tests/cases/{rule}.yaml is missing"
    table = cases.load(file)
    looked = [case for case in table if not case.not_checked]
    assert len([case for case in looked if case.finds]) >= 1, "no case in which it finds something"
    assert len([case for case in looked if not case.finds]) >= 2, "fewer than two silences"
    assert [case for case in table if case.not_checked], "no case in which it cannot look"
    names = [case.name for case in table]
    assert len(set(names)) == len(names), "two cases of one name"


def test_every_table_is_of_a_rule():
    assert [file.name for file in cases.files() if file.stem not in ids] == []


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=ids)
def test_a_page_has_all_its_parts_in_order(rule):
    lines = rule.page.splitlines()
    first, *rest = rule.page.split("\n\n")
    assert re.fullmatch(r"\S.*[.]", first.replace("\n", " ")), "the first line is a sentence"
    found = [line for line in lines if re.fullmatch(r"[A-Z][\w ]*:", line)]
    assert tuple(found) == HEADINGS
    for section in rest:
        heading, *text = section.splitlines()
        if heading in HEADINGS:
            assert text, f"{heading} nothing"
            assert all(line.startswith("    ") for line in text), f"{heading} is not indented"


@pytest.mark.parametrize("rule", COMPARING, ids=comparing)
def test_the_first_words_of_an_example_say_the_side(rule):
    example = rule.page.partition("Example:")[2].partition("What to do:")[0]
    assert re.search(r"^    local\b", example, re.MULTILINE)
    assert re.search(r"^    production\b", example, re.MULTILINE)


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=ids)
def test_incidents_that_a_page_names_are_documented(rule):
    if not INCIDENTS.is_file():
        pytest.skip("the survey of incidents is not beside the repository")
    known = {json.loads(line)["id"] for line in INCIDENTS.read_text().splitlines()}
    text = " ".join(rule.page.partition("References:")[2].split())
    for run in re.findall(r"[Ii]ncidents? ([a-z0-9][a-z0-9, and-]*)", text):
        named = [word for word in re.split(r",\s*|\s+(?:and\s+)?", run) if "-" in word]
        assert [name for name in named if name not in known] == []


@pytest.mark.parametrize("rule", CATALOGUE.rules, ids=ids)
def test_a_rule_is_well_formed(rule):
    assert rule.since, "which version brought it?"
    assert all(re.compile(pattern) for pattern in rule.symptoms)
    assert rule.shape in ("single", "pair") or not rule.paths, "a joint rule looks at a whole side"
    assert rule.family == rule.id[:2]


def test_a_family_has_one_word_and_one_group_of_files():
    words, files = {}, {}
    for rule in CATALOGUE.rules:
        words.setdefault(rule.family, set()).add(rule.name.partition(".")[0])
        file = rule.function.__module__.split(".")[2]
        files.setdefault(rule.family, set()).add(file.partition("_")[0])
    assert {family: found for family, found in words.items() if len(found) > 1} == {}
    assert {family: found for family, found in files.items() if len(found) > 1} == {}
    for table in (words, files):
        single = [next(iter(found)) for found in table.values()]
        assert len(set(single)) == len(single), "two families of one word or file"


def test_rules_stand_in_id_order_in_their_files():
    by_file = {}
    for rule in CATALOGUE.rules:
        place = rule.function.__code__
        by_file.setdefault(place.co_filename, []).append((place.co_firstlineno, rule.id))
    for found in by_file.values():
        order = [rule for _, rule in sorted(found)]
        assert order == sorted(order)


def test_ids_of_a_family_leave_no_gap_without_an_alias():
    for family in {rule.family for rule in CATALOGUE.rules}:
        numbers = [int(rule.id[2:]) for rule in CATALOGUE.rules if rule.family == family]
        assert numbers[0] == 1, family
        assert all(b - a == 1 for a, b in pairwise(numbers)), family


# The tables themselves


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"environment": {"A": True}}, "environment.A is no text"),
        ({"environment": ["A=1"]}, "environment is no table"),
        ({"command": "run"}, "command is no list"),
        ({"ports": ["80:80"]}, "ports is in the short form"),
        ({"command": ["run", 1]}, "command holds what is no text"),
    ],
)
def test_a_side_must_be_canonical(body, said):
    with pytest.raises(ValueError, match=said):
        cases.environment("local", body)


def test_a_case_that_says_nothing_or_both_is_refused(tmp_path):
    file = tmp_path / "DF001.yaml"
    for row in ("{name: a, local: {}, production: {}}", "{name: a, local: {}, wanted: []}"):
        file.write_text(f"rule: DF001\ncases:\n  - {row}\n")
        with pytest.raises(ValueError, match="DF001.yaml, case 'a'"):
            cases.load(file)


def test_a_table_under_another_name_is_refused(tmp_path):
    file = tmp_path / "DF009.yaml"
    file.write_text("rule: DF001\ncases: []\n")
    with pytest.raises(ValueError, match="DF009.yaml"):
        cases.load(file)


def test_a_case_that_does_not_hold_is_told():
    side = cases.environment("local", {"environment": {"A": "1"}})
    other = cases.environment("production", {"environment": {"A": "2"}})
    wrong = cases.Case("DF006", "wrong", side, other, ())
    assert cases.mistakes(wrong, CATALOGUE) == ["finds ['services.web.environment.A'], wanted []"]
    worse = cases.Case("DF006", "w", side, other, ("services.web.environment.A",), "error")
    assert cases.mistakes(worse, CATALOGUE) == ["severity ['info']"]
    unread = cases.Case("DF006", "u", side, other, (), not_checked=True)
    assert cases.mistakes(unread, CATALOGUE) == ["DF006 is not reported as not checked"]
