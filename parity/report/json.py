"""The whole record as JSON, versioned: docs/report.schema.json describes it."""

import json
import re
from typing import Any

from parity.model.difference import Difference
from parity.model.finding import Finding, Folded, NotChecked, Place, Report, Severity, SideInfo
from parity.model.setting import Origin
from parity.report import layers, summary
from parity.report.contract import Options
from parity.report.text import relative

FORMAT = "json"
SUFFIX = ".json"
SCHEMA = "parity.report/1"

_NOT_ASCII = re.compile(r"[^\x00-\x7e]")


def write(report: Report, options: Options) -> str:
    """Everything in the record, whatever `--all` says, in a stable order."""
    return as_text(_Tree(options).report(report))


def as_text(tree: Any) -> str:
    """JSON that can be encoded as UTF-8 whatever the strings hold."""
    text = json.dumps(tree, indent=2, ensure_ascii=False, default=str)
    return _NOT_ASCII.sub(_escape, text) + "\n"


def _escape(match: re.Match[str]) -> str:
    # Half characters cannot be encoded, and what turns text around must not turn a terminal's.
    return (
        match[0]
        if match[0].isprintable()
        else json.dumps(match[0])[1:-1].replace("\x7f", "\\u007f")
    )


class _Tree:
    def __init__(self, options: Options) -> None:
        self._options = options

    def report(self, report: Report) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "summary": self._summary(report),
            "left": self._side(report.left),
            "right": self._side(report.right),
            "findings": [self.finding(finding) for finding in report.findings],
            "folded": [self._folded(folded) for folded in report.folded],
            "not_checked": [_not_checked(each) for each in report.not_checked],
            "differences": [_difference(each) for each in report.differences],
            "notes": list(report.notes),
            "symptom": report.symptom,
            "facts": {name: report.facts[name] for name in sorted(report.facts)},
        }

    def _summary(self, report: Report) -> dict[str, Any]:
        read = layers.read(report)
        counts = {severity.value: report.count(severity) for severity in Severity}
        return {
            "text": summary.headline(report),
            "findings": {"total": len(report.findings), **counts},
            "folded": {why.value: n for why, n in summary.folded_counts(report).items()},
            "checked": report.checked,
            "not_checked": len(report.not_checked),
            "pairs": report.pairs,
            "compared": report.compared,
            "layers": [layer.value for layer in read],
            "visible_incidents_percent": layers.share(read),
        }

    def _side(self, info: SideInfo) -> dict[str, Any]:
        return {
            "name": info.name,
            "source": info.source,
            "files": [relative(file, self._options.root) for file in info.files],
            "layers": [layer.value for layer in info.layers],
            "services": info.services,
            "settings": info.settings,
            "losses": info.losses,
            "lost": [{"path": path, "reason": reason} for path, reason in info.lost],
            "captured": info.captured,
        }

    def finding(self, finding: Finding) -> dict[str, Any]:
        return {
            "rule": finding.rule,
            "name": finding.name,
            "severity": finding.severity.value,
            "key": finding.key,
            "service": finding.service,
            "setting": finding.setting,
            "message": finding.message,
            "fix": finding.fix,
            "layer": finding.layer.value,
            "score": finding.score,
            "explains": finding.explains,
            "places": [self._place(place) for place in finding.places],
        }

    def _place(self, place: Place) -> dict[str, Any]:
        return {
            "setting": place.setting,
            "left": place.left,
            "right": place.right,
            "detail": list(place.detail),
            "left_origin": self._origin(place.left_origin),
            "right_origin": self._origin(place.right_origin),
        }

    def _origin(self, origin: Origin | None) -> dict[str, Any] | None:
        if origin is None:
            return None
        return {"file": relative(origin.file, self._options.root), "line": origin.line}

    def _folded(self, folded: Folded) -> dict[str, Any]:
        finding = self.finding(folded.finding)
        return {"why": folded.why.value, "reason": folded.reason, "finding": finding}


def _not_checked(each: NotChecked) -> dict[str, Any]:
    return {"rule": each.rule, "name": each.name, "reason": each.reason}


def _difference(each: Difference) -> dict[str, Any]:
    # Which setting differs and how, without the values: those stand, shown safely, in the findings.
    return {
        "setting": each.setting,
        "service": each.service,
        "left_service": each.left_service,
        "kind": each.kind.value,
        "layer": each.layer.value,
    }
