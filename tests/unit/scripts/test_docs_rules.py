"""Pages of rules, from their docstrings."""

from parity.rules.registry import catalogue
from scripts.lib import docs_rules

CATALOGUE = catalogue()


def test_every_rule_has_a_page_and_a_row():
    pages = docs_rules.rule_pages()
    index = pages.pop("rules/index.md")
    assert len(pages) == len(CATALOGUE.rules) >= 60
    for rule in CATALOGUE.rules:
        assert f"[{rule.id}]({rule.id}.md)" in index
        assert pages[f"rules/{rule.id}.md"].splitlines()[2] == f"# {rule.id} {rule.name}"


def test_a_page_has_the_docstrings_parts():
    text = docs_rules.rule_page(CATALOGUE.get("DF002"))
    order = [
        "Two values look the same and are not",
        "## What it compares\n\nTexts that are equal",
        "## Why it matters\n",
        '## Example\n\n- local: `API_URL=https://api.example`\n- production: `API_URL="https',
        "## What to do\n",
        "## When to ignore it\n",
        "## References\n",
        "| Silent | yes: ",
    ]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert "\n    " not in text, "indented lines would be code"


def test_the_source_is_linked_without_a_line_that_would_move():
    rule = CATALOGUE.get("DF001")
    assert docs_rules.file_of(rule) == "differs.py"
    assert "[parity/rules/differs.py](../../parity/rules/differs.py)" in docs_rules.rule_page(rule)


def test_a_rule_in_a_folder_of_its_family_is_found():
    class Made:
        class function:
            __module__ = "parity.rules.postgres.collation"

    assert docs_rules.file_of(Made) == "postgres/collation.py"
