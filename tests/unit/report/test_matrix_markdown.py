"""Many environments, for a pull request."""

from parity.diff.many import Group, Matrix, Row
from parity.model.finding import Finding, Severity, SideInfo
from parity.model.setting import Layer
from parity.report.contract import Options
from parity.report.markdown import LIMIT
from parity.report.matrix_markdown import write

INFOS = tuple(SideInfo(n, "compose", (), (Layer.DECLARED,), 1, 5) for n in "abc")


def row(value="x|y"):
    found = Finding("LO001", "locale.x", Severity.ERROR, "it | differs", "mend `it`", "web", ())
    groups = (Group(("a",), value), Group(("b", "c"), "<script>"))
    return Row("web", ("user",), groups, unsaid=("d",), finding=found, services=("web", "worker"))


def test_a_table_that_values_cannot_break():
    text = write(Matrix(INFOS, (row(),), notes=("note",)), Options())
    assert text.startswith("### a, b and c differ in 1 finding: 1 error.")
    assert "> note" in text
    assert "<script>" not in text
    (line,) = [line for line in text.splitlines() if "LO001" in line]
    assert line.count("|") == 5
    assert "alike in worker" in line
    assert "b, c: <code>" in line
    assert "**Fix:**" in line


def test_nothing_to_tell():
    assert "|" not in write(Matrix(INFOS, ()), Options())


def test_it_fits_into_a_comment():
    text = write(Matrix(INFOS, tuple(row(str(n) * 150) for n in range(500))), Options())
    assert len(text) <= LIMIT
    assert "rows left out._" in text
