"""Many environments, as JSON."""

from typing import Any

from parity.diff.many import Matrix, Row
from parity.model.finding import Severity
from parity.report.contract import Options
from parity.report.json import as_text
from parity.report.matrix import headline
from parity.report.text import relative

SCHEMA = "parity.matrix/1"


def write(matrix: Matrix, options: Options) -> str:
    """The whole record."""
    counts = {
        severity.value: sum(1 for each in matrix.findings if each.severity is severity)
        for severity in Severity
    }
    return as_text(
        {
            "schema": SCHEMA,
            "summary": {
                "text": headline(matrix),
                "findings": {"total": len(matrix.findings), **counts},
                "folded": len(matrix.folded),
                "compared": matrix.compared,
                "comparisons": matrix.comparisons,
                "checked": matrix.checked,
                "not_checked": len(matrix.not_checked),
            },
            "replicas_of": matrix.of,
            "environments": [
                {
                    "name": info.name,
                    "source": info.source,
                    "files": [relative(file, options.root) for file in info.files],
                    "layers": [layer.value for layer in info.layers],
                    "services": info.services,
                    "settings": info.settings,
                    "captured": info.captured,
                }
                for info in matrix.sides
            ],
            "standing_out": [
                {"name": name, "settings": number} for name, number in matrix.standing_out
            ],
            "rows": [_row(row) for row in matrix.rows],
            "folded": [_row(row) for row in matrix.folded],
            "not_checked": [
                {"rule": each.rule, "name": each.name, "reason": each.reason}
                for each in matrix.not_checked
            ],
            "notes": list(matrix.notes),
        }
    )


def _row(row: Row) -> dict[str, Any]:
    finding = row.finding
    return {
        "setting": row.setting,
        "service": row.service,
        "services": list(row.services or (row.service,)),
        "layer": row.layer.value,
        "groups": [{"value": each.value, "names": list(each.names)} for each in row.groups],
        "odd": list(row.odd),
        "unsaid": list(row.unsaid),
        "finding": {
            "rule": finding.rule,
            "name": finding.name,
            "severity": finding.severity.value,
            "key": finding.key,
            "message": finding.message,
            "fix": finding.fix,
            "between": list(row.between),
        }
        if finding
        else None,
        "why": row.why.value if row.why else "",
        "reason": row.reason,
    }
