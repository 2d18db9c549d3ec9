import json

import pytest

from parity.model.testing import Case, TestRun

FAILED = Case(
    "tests/test_a.py::test_x",
    "failed",
    1.5,
    {"setup": 0.5, "call": 0.25},
    "assert 'hunter2' == 1",
    (("Log of service web", "password hunter2"),),
    (("parity.fork", "t1-1"), ("parity.began", "proved"), ("parity.fork", "t1-2")),
    "gw0",
)
RUN = TestRun(
    (FAILED, Case("b", "passed", 2.0)), 1, 3.25, doubts=("d",), errors=(("f.py", "hunter2"),)
)


def test_it_comes_back_as_it_was_written():
    assert TestRun.from_json(RUN.to_json()) == RUN


def test_what_can_be_asked_of_it():
    assert (FAILED.seconds, FAILED.bad, RUN.cases[1].bad) == (0.75, True, False)
    assert FAILED.told("parity.fork") == "t1-2", "the last one, where a test had several"
    assert FAILED.told("nothing") == ""
    assert (RUN.count("failed"), RUN.count("passed"), RUN.count("error")) == (1, 1, 0)
    assert RUN.on_forks == (FAILED,)
    assert RUN.proved == 1


def test_masking_leaves_no_secret_and_changes_nothing_else():
    masked = RUN.masked(lambda text: text.replace("hunter2", "…"))
    assert "hunter2" not in masked.to_json()
    assert masked.cases[0].properties == FAILED.properties
    assert masked.doubts == RUN.doubts


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"format": 2}', '{"format": 1, "cases": [{}]}', '{"format": 1, "cases": 1}',
     json.dumps({**json.loads(RUN.to_json()), "more": 1})],
)  # fmt: skip
def test_anything_else_is_refused(text):
    with pytest.raises(ValueError):
        TestRun.from_json(text)
