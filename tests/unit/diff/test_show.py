"""Values are shown in one line, and what cannot be seen is made visible."""

import pytest

from parity.diff import show
from parity.model.difference import Difference, Kind, Part
from parity.model.document import ABSENT
from parity.model.hidden import Hidden

ENV = ("environment", "A")


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        (ENV, ABSENT, "unset"),
        (ENV, "", "(empty)"),
        (ENV, "a\tb\n", "a\\tb\\n"),
        (ENV, "a\u200bb", "a\\u200b(ZERO WIDTH SPACE)b"),
        (ENV, Hidden("hex", 8), "(secret: 8 hex)"),
        (("deploy", "resources", "limits", "memory"), 512 * 1024**2, "512 MiB"),
        (("deploy", "resources", "limits", "cpus"), 0.5, "0.5"),
        (("healthcheck", "interval"), 90.0, "90 s"),
        (("environment", "timeout"), "90", "90"),
        (("read_only",), True, "true"),
        (("command",), ("a b", "c"), '["a b", "c"]'),
        (("cap_add",), (), "[]"),
        (("healthcheck",), {"test": ("CMD",), "retries": 3}, 'test: ["CMD"], retries: 3'),
    ],
)
def test_values(path, value, words):
    assert show.value(path, value) == words


def test_long_values_keep_their_end():
    text = show.value(ENV, "a" * 500 + "the end")
    assert len(text) <= 200
    assert text.endswith("the end")
    assert " … " in text


def test_what_is_effective_where_nothing_is_set():
    assert (
        show.side(("shm_size",), ABSENT, "64 MiB (engine default)")
        == "unset -> 64 MiB (engine default)"
    )
    assert show.side(("shm_size",), ABSENT, "") == "unset"
    assert show.side(("shm_size",), 0, "x") == "0 B"


def test_invisible_differences_are_shown_in_bytes():
    difference = Difference("web", ENV, Kind.INVISIBLE, "é", "é\r")
    assert show.details(difference) == (
        "left bytes:  «\\u00e9(LATIN SMALL LETTER E WITH ACUTE)»",
        "right bytes: «\\u00e9(LATIN SMALL LETTER E WITH ACUTE)\\r»",
    )


def test_bytes_stand_below_each_other_behind_the_names_of_the_sides():
    difference = Difference("web", ENV, Kind.INVISIBLE, "a", "a ")
    assert show.details(difference, ("dev", "production")) == (
        "dev bytes:        «a»",
        "production bytes: «a »",
    )


def test_other_differences_are_shown_by_component():
    parts = (Part("host", "a", "b"), Part("query.x", ABSENT, "1"), Part("line 2", "a\nb", ABSENT))
    difference = Difference("web", ENV, Kind.VALUE, "x", "y", parts=parts)
    assert show.details(difference) == (
        "host: a -> b",
        "query.x: unset -> 1",
        "line 2: a\\nb -> unset",
    )


def test_times_and_sizes_in_a_table_have_their_units():
    shown = show.value(("healthcheck",), {"interval": 10.0, "retries": 3, "test": ("CMD", "x")})
    assert shown == 'interval: 10 s, retries: 3, test: ["CMD", "x"]'
