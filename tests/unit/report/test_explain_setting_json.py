"""One setting in every layer, as programs read it."""

import json

from parity.diff.layered import Explanation, Layered, State, Verdict, Word
from parity.model.finding import Finding, Folded, NotChecked, Severity, Why
from parity.model.hidden import Hidden
from parity.model.setting import Layer, Origin
from parity.report.contract import Options
from parity.report.explain_setting_json import write

PATH = ("environment", "PASSWORD")
FOUND = Finding("EN001", "environment.x", Severity.INFO, "m", "f", "web", ())


def test_the_whole_record():
    secret = Hidden("hex", 8)
    words = (
        Word(Layer.DECLARED, PATH, State.SAYS, secret, origin=Origin("a.yaml", 2), wins=True),
        Word(Layer.RUNNING, ("running", *PATH), State.NOT_READ, why="--layers running reads it"),
    )
    left = Layered("dev", "web", words, value=secret, why="the definition gives it")
    told = Explanation(
        "services.web.environment.PASSWORD",
        (left, Layered("prod", "")),
        Verdict("not-compared", "one side has no such service"),
        (FOUND,),
        (Folded(FOUND, Why.EXPECTED, "by nature"),),
        (NotChecked("RU001", "r", "not read"),),
    )
    tree = json.loads(write(told, Options()))
    assert tree["schema"] == "parity.explanation/1"
    assert tree["relation"] == "not-compared"
    assert tree["left"]["in_effect"] == "(secret: 8 hex)"
    assert tree["left"]["layer"] == "declared"
    first, second = tree["left"]["layers"]
    assert first["origin"] == {"file": "a.yaml", "line": 2}
    assert first["in_effect"] is True
    assert (second["state"], second["value"]) == ("not read", None)
    assert tree["right"]["service"] == ""
    assert tree["findings"][0]["rule"] == "EN001"
    assert tree["folded"][0]["why"] == "expected"
    assert tree["not_checked"][0]["rule"] == "RU001"
