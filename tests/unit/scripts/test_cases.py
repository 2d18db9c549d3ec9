"""Tables of cases are tested where they are run: tests/unit/rules/test_cases.py."""

import pytest

from scripts.lib import cases


def test_a_body_is_short_for_one_service():
    made = cases.environment("local", {"environment": {"A": "1"}})
    assert made.services == {"web": {"image": "x:1", "environment": {"A": "1"}}}
    assert (made.name, made.source) == ("local", "compose")


def test_a_document_may_say_its_notation():
    body = {"services": {"a": {"image": "b:1"}}, "source": "swarm", "silent": ["build"]}
    made = cases.environment("local", body)
    assert (made.source, made.silent) == ("swarm", frozenset({"build"}))
    assert "source" not in made.document


def test_keys_that_a_case_does_not_have_are_refused(tmp_path):
    file = tmp_path / "DF001.yaml"
    file.write_text(
        "rule: DF001\ncases: [{name: a, local: {}, production: {}, finds: [], expects: []}]\n"
    )
    with pytest.raises(ValueError, match="unknown expects"):
        cases.load(file)
