from parity.probes.database import texts


def test_a_value_is_one_line_that_can_be_shown():
    assert texts.clean("a\x1b[31mb\x07\n c\u202e\u0000") == "a[31mb c"
    assert texts.clean("x" * 1000) == "x" * 399 + "…"
    assert texts.clean(None) == "" and texts.clean(True) == "True"
    assert texts.clean(b"\xffa") == "�a"


def test_rows_of_another_width_are_none():
    answers = {"a": [["x"], ["x", 1], "xy", None, ("y", 2)], "b": "refused"}
    assert list(texts.rows(answers, "a", 2)) == [["x", 1], ["y", 2]]
    assert list(texts.rows(answers, "b", 2)) == [] == list(texts.rows(answers, "c", 2))
    assert texts.first(answers, "a", 2) == ["x", 1] and texts.first(answers, "b", 1) is None


def test_what_was_not_answered_is_told_by_its_first_word():
    assert texts.unread({"rows counted": "no\nway", "x": []}) == {"rows": "no way"}


def test_numbers_and_texts_are_what_they_are():
    assert (
        texts.whole("12") == 12 and texts.whole("x") is None and texts.whole("9" * 9999) is not None
    )
    assert texts.one_text({"a": [["t"]], "b": [[None]], "c": "no"}, "a") == "t"
    assert texts.one_text({"b": [[None]]}, "b") == "" == texts.one_text({"c": "no"}, "c")


def test_false_and_zero_say_something():
    assert texts.compact({"a": False, "b": 0, "c": None, "d": "", "e": {}, "f": []}) == {
        "a": False,
        "b": 0,
    }
