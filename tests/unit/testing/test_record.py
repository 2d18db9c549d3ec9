from types import SimpleNamespace

import pytest

from parity.testing.record import Record


def report(when, outcome="passed", text="", **more):
    found = SimpleNamespace(
        nodeid="t::x", when=when, outcome=outcome, duration=0.25, start=10.0, longrepr=text,
        longreprtext=text, sections=[("Log of service db", "l")], user_properties=[("a", 1)],
        failed=outcome == "failed", skipped=outcome == "skipped",
    )  # fmt: skip
    found.__dict__.update(more)
    return found


def case(*reports):
    record = Record()
    for one in reports:
        record.add(one)
    run = record.written(1, ("d",))
    assert run.doubts == ("d",)
    return run.cases[0]


@pytest.mark.parametrize(
    ("reports", "outcome", "text"),
    [
        ([report("setup"), report("call"), report("teardown")], "passed", ""),
        ([report("setup"), report("call", "failed", "boom"), report("teardown")], "failed", "boom"),
        ([report("setup", "failed", "boom"), report("teardown")], "error", "boom"),
        ([report("setup"), report("call"), report("teardown", "failed", "boom")], "error", "boom"),
        (
            [report("setup", "skipped", ("f", 1, "Skipped: why")), report("teardown")],
            "skipped",
            "why",
        ),
        ([report("setup"), report("call", "skipped", wasxfail="known")], "xfailed", "known"),
        ([report("setup"), report("call", wasxfail="known")], "xpassed", ""),
    ],
)
def test_several_reports_make_one_test(reports, outcome, text):
    found = case(*reports)
    assert (found.outcome, found.text) == (outcome, text)
    assert bool(found.sections) == (outcome in ("failed", "error"))
    assert found.properties == (("a", "1"),)
    assert found.durations["setup"] == 0.25
    assert found.started == 10.0


def test_workers_and_what_cannot_be_collected():
    assert case(report("call", worker_id="gw1")).worker == "gw1"
    record = Record()
    record.add_collection(SimpleNamespace(failed=True, nodeid="f.py", longrepr="syntax"))
    record.add_collection(SimpleNamespace(failed=False, nodeid="g.py", longrepr=None))
    run = record.written(2, ())
    assert run.errors == (("f.py", "syntax"),)
    assert run.cases == ()
