"""A check, and an error on the way to one."""

from parity.actions.doctor_check import Check, judged, tried
from parity.errors import UsageError


def test_an_error_is_a_failed_check_after_what_was_found_before_it():
    def look():
        yield Check("a", "ok", "x")
        raise UsageError("broken", next_step="mend it")

    assert tried("b", look) == [Check("a", "ok", "x"), Check("b", "failed", "broken", "mend it")]


def test_what_is_ok_needs_no_next_step():
    assert judged("a", "x", "", "mend it") == Check("a", "ok", "x")
    assert judged("a", "x", "warning", "mend it") == Check("a", "warning", "x", "mend it")
