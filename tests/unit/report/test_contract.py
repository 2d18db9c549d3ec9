"""What callers may leave out."""

from parity.model.finding import Severity
from parity.report.contract import Options, no_page


def test_the_defaults_are_plain_and_short():
    options = Options()
    assert (options.colour, options.everything, options.root) == (False, False, None)
    assert options.fail_on is Severity.WARNING


def test_a_caller_without_pages_has_none():
    assert no_page("EN001") == ""
