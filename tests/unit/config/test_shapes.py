"""Values of the wrong shape, in plain words."""

from datetime import date

import pytest

from parity.config.shapes import told


@pytest.mark.parametrize(
    ("kind", "value", "message", "step"),
    [
        (
            "tuple_type",
            "k8s",
            'is the text "k8s", where a list is wanted',
            'a list: files = ["k8s"]',
        ),
        ("tuple_type", 3, "is the number 3", "files = […]"),
        ("tuple_type", {"a": 1}, "is a table", "[[x.files]] in place of [x.files]"),
        ("string_type", 1, "where a text is wanted", 'files = "…"'),
        ("string_type", True, "is true,", 'files = "…"'),
        ("int_from_float", 1.5, "is the number 1.5, where a whole number", "files = 2"),
        ("int_parsing", 10**4000, "is a number,", "files = 2"),
        ("date_from_datetime_parsing", "soon", "a date is wanted", "2030-01-31, without quotes"),
        ("bool_parsing", date(2030, 1, 1), "is a date, where true or false", "files = true"),
        ("dataclass_type", ["a"], "is a list, where a table", "[x.files] on a line of its own"),
        ("dict_type", "a" * 50, "is a text, where a table", "[x.files]"),
    ],
)
def test_what_it_is_what_is_wanted_and_how_that_is_written(kind, value, message, step):
    said, remedy = told({"type": kind, "input": value, "msg": "M"}, "x.files", "files")
    assert said.startswith("`x.files` is ")
    assert message in said
    assert step in remedy


def test_one_of_several_words():
    problem = {"type": "literal_error", "input": "k8s", "ctx": {"expected": "'compose' or 'ecs'"}}
    assert told(problem, "a.source", "source") == (
        '`a.source` is the text "k8s"',
        "one of `compose` or `ecs`",
    )


def test_an_unforeseen_problem_is_told_without_the_words_of_the_validator():
    said, remedy = told({"type": "other", "msg": "Value is odd", "input": 1}, "a", "a")
    assert said == "`a` cannot be the number 1"
    assert "docs/" in remedy
