"""Errors are read from the code; and all of them, as one set, are written the same way."""

import re

import pytest

from scripts.lib.error_sites import CLASSES, sites
from scripts.lib.paths import ROOT

CODE = """
_AGAIN = "the same again"

def one(name, there, error):
    raise UsageError(f"no file {name.path} in {there or 1}", next_step=_AGAIN)

def two(self, near):
    message = f"{len(near)} are too many"
    def inner():
        raise EngineError(message, next_step=f"did you mean `{near[0]}`?" if near else "none")
    raise ValueError("not one of these")
"""
# Reasons that stand in a report or another message, which says what to do.
REASONS = {
    "actions/databases.py", "engine/askers/redis.py", "engine/askers/sql.py", "engine/inside.py",
}  # fmt: skip
PYTHON = re.compile(r"\b(tuple|dict|NoneType|str|int|bool|KeyError|ValueError|TypeError|None)\b")
ALL = sites(ROOT / "parity")


def test_what_is_constant_is_shown_and_what_is_put_in_is_named(tmp_path):
    (tmp_path / "a.py").write_text(CODE)
    one, two = sites(tmp_path)
    assert (one.name, one.place) == ("UsageError", "a.py:5")
    assert (one.message, one.next_step) == ("no file PATH in …", "the same again")
    assert (two.message, two.next_step) == ("… are too many", "did you mean `…`? / none")


def test_there_are_errors():
    assert len(ALL) > 300
    assert {site.name for site in ALL} <= CLASSES


@pytest.mark.parametrize("site", ALL, ids=lambda site: site.place)
def test_an_error_is_one_sentence_in_plain_words_with_a_next_step(site):
    assert site.next_step is not None or site.file in REASONS, "what is the reader to do?"
    for text in (site.message, site.next_step or ""):
        assert not text.endswith("."), "no full stop: it stands in a line of its own"
        assert text == text.strip()
        assert not PYTHON.search(text), "a word of Python's"
        assert not re.match(r"(Error|Please|Failed|Unable|Invalid)\b", text, re.IGNORECASE)
    assert "!r}" not in site.source, "quote with backticks: a repr is Python's"
    # Names come first where they are small; a file or an acronym may begin with a capital.
    assert not re.match(r"(The|A|An|No|There|It|Cannot|This)\b", site.message)
