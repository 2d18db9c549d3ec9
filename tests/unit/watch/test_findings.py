"""Only what is new is told."""

from types import SimpleNamespace

from parity.model.finding import Finding, Place, Severity
from parity.watch.findings import Findings


def report(*names):
    findings = tuple(
        Finding("EN001", "a.b", Severity.ERROR, f"{name} differs", "mend it", "web",
                (Place(f"services.web.{name}", "1", "2"),))
        for name in names
    )  # fmt: skip
    return SimpleNamespace(findings=findings)


def test_the_first_look_brings_no_news():
    news = Findings().update(report("a", "b"))
    assert (news.new, news.gone, news.total) == ((), 0, 2)


def test_new_and_gone():
    findings = Findings()
    findings.update(report("a", "b"))
    news = findings.update(report("b", "c"))
    assert [f.setting for f in news.new] == ["services.web.c"]
    assert (news.gone, news.total) == (1, 2)
    assert news.rows[0]["severity"] == "error"
    assert findings.update(report("b", "c")).new == ()
