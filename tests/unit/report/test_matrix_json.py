"""Many environments, as programs read them."""

import json

from parity.diff.many import Group, Matrix, Row
from parity.model.finding import Finding, NotChecked, Severity, SideInfo, Why
from parity.model.setting import Layer
from parity.report.contract import Options
from parity.report.matrix_json import write


def test_the_whole_record():
    infos = tuple(SideInfo(n, "compose", ("c.yaml",), (Layer.DECLARED,), 1, 5) for n in "abc")
    found = Finding("LO001", "locale.x", Severity.ERROR, "m", "f", "web", ())
    groups = (Group(("a",), "1"), Group(("b",), "2"), Group(("c", "d", "e"), "3"))
    row = Row(
        "web", ("user",), groups[:1] + groups[2:], unsaid=("b",), finding=found, between=("a", "c")
    )
    folded = Row("web", ("hostname",), groups, why=Why.EXPECTED, reason="by nature")
    matrix = Matrix(infos, (row,), (folded,), (NotChecked("X", "y", "z"),), 9, 15, 2, ("n",), "")
    tree = json.loads(write(matrix, Options()))
    assert tree["schema"] == "parity.matrix/1"
    assert tree["summary"]["findings"] == {"total": 1, "error": 1, "warning": 0, "info": 0}
    assert [each["name"] for each in tree["environments"]] == ["a", "b", "c"]
    assert tree["standing_out"] == [{"name": "a", "settings": 1}]
    (told,) = tree["rows"]
    assert told["groups"][0] == {"value": "1", "names": ["a"]}
    assert (told["odd"], told["unsaid"]) == (["a"], ["b"])
    assert told["finding"]["between"] == ["a", "c"]
    assert tree["folded"][0]["finding"] is None
    assert tree["folded"][0]["why"] == "expected"
