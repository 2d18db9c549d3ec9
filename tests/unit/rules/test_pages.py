"""What a page says is short, and says it alike everywhere."""

import re

import pytest

from parity.rules import registry

RULES = registry.catalogue().rules
ids = [rule.id for rule in RULES]


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_a_page_fits_a_screen(rule):
    lines = rule.page.splitlines()
    assert len(lines) <= 45
    assert max(map(len, lines)) <= 110


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_code_is_marked_in_pairs(rule):
    assert rule.page.count("`") % 2 == 0


@pytest.mark.parametrize("rule", RULES, ids=ids)
def test_references_are_given_and_no_address_is(rule):
    references = rule.page.partition("References:")[2].strip()
    assert references.endswith(".")
    assert not re.search(r"https?://", references), "documents are named, addresses go stale"


def test_first_lines_are_all_different():
    first = [rule.page.split("\n\n")[0] for rule in RULES]
    by_id = {rule.id: rule for rule in RULES}
    twice = [line for line in set(first) if first.count(line) > 1]
    of_two = [[r.id for r in by_id.values() if r.page.split("\n\n")[0] == t] for t in twice]
    assert all(len({i[:2] for i in found}) == len(found) for found in of_two), of_two
