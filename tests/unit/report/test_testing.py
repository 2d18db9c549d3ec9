from html.parser import HTMLParser

import pytest

from parity.model.state import State
from parity.model.testing import Case, TestRun
from parity.report.testing import headline, page

STATE = State(
    "abc", "seeded", "shop", "sha256:0123", "2026-11-22", "reflink", (),
    images={"db": "sha256:d", "parity-gateway": "sha256:g"}, definition="sha256:def",
)  # fmt: skip
FORK = (("parity.fork", "t1-1"), ("parity.state", "seeded"), ("parity.began", "proved"))
BAD = Case(
    "tests/test_a.py::test_<x>",
    "failed",
    1.0,
    {"setup": 0.5, "call": 2.25},
    "line one\n<script>alert(1)</script>",
    (("Log of service web", "GET /\nGET /two"),),
    (*FORK, ("parity.kept", "parity -p shop-t1-1 logs")),
)
GOOD = Case("tests/test_a.py::test_y", "passed", 2.0, {"call": 0.01}, properties=FORK)


class Tags(HTMLParser):
    """Counts elements, and checks that they are closed in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.links = [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.links += [value for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def made(*cases, state=STATE, **more):
    return page(TestRun(tuple(cases), 1, 3.0, **more), state, "shop", "parity test --state seeded")


def test_the_page_is_whole_and_loads_nothing():
    tags = Tags(made(BAD, GOOD, doubts=("seeded: data",), errors=(("t.py", "no\nway"),)))
    assert tags.links == []
    assert tags.seen.count("script") == 1
    assert "default-src &#x27;none&#x27;" in made(BAD)


def test_a_failure_is_told_with_its_logs_and_how_to_have_it_again():
    text = made(BAD, GOOD)
    assert "1 of 2 tests failed" in text
    assert "line one\n&lt;script&gt;alert(1)&lt;/script&gt;" in text, "line by line"
    assert "GET /\nGET /two" in text
    assert "parity test --state seeded -- &#x27;tests/test_a.py::test_&lt;x&gt;&#x27;" in text
    assert "parity -p shop-t1-1 logs" in text
    assert "setup 500 ms · call 2.2 s · fork t1-1, from seeded" in text


def test_what_the_tests_stood_on():
    text = made(BAD, GOOD, Case("z", "skipped", 3.0, text="no browser"))
    for said in (
        "sha256:0123",
        "sha256:def",
        "sha256:d",
        "2 of 2 tests on forks, proved",
        "1 test",
    ):
        assert said in text
    assert "parity-gateway" not in text, "parity's own"
    assert "none: forks began with nothing" in made(GOOD, state=None)


def test_doubts_and_interruptions_stand_first():
    text = made(GOOD, doubts=("seeded: data",), interrupted=True)
    assert text.index("changed while it was used: seeded: data") < text.index("stood on")
    assert "It was interrupted" in text
    assert "changed while" not in made(GOOD)


@pytest.mark.parametrize(
    ("run", "says"),
    [
        (TestRun((BAD, GOOD), 1, 1.0), "1 of 2 tests failed"),
        (TestRun((GOOD,), 0, 1.0), "All 1 test passed"),
        (TestRun((GOOD, Case("z", "skipped", 1.0)), 0, 1.0), "2 tests, none failed"),
        (TestRun((), 5, 1.0), "No test ran"),
        (TestRun((), 2, 1.0, errors=(("t.py", "x"),)), "1 of 0 tests failed"),
    ],
)
def test_the_answer(run, says):
    assert headline(run) == says
