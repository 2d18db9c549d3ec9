"""What the tables of cases do not show: a program that starts nowhere is told once, as no difference."""

from parity.model.setting import Layer
from scripts.lib.cases import environment, judge

READ = frozenset({Layer.DECLARED, Layer.FILESYSTEM})


def side(name, **entry):
    body = {"x-parity": {"facts": {"files": {"libc": "glibc", "entry": entry}}}}
    return environment(name, body, layers=READ)


def test_line_ends_on_both_sides_are_told_once(catalogue):
    both = (side(name, crlf=True, executable=True) for name in ("local", "production"))
    report = judge(*both, catalogue)
    assert [one.rule for one in report.findings] == ["IF008"]


def test_a_program_that_fits_is_no_finding_on_either_side(catalogue):
    both = (side(name, crlf=False, executable=True) for name in ("local", "production"))
    assert judge(*both, catalogue).findings == ()
