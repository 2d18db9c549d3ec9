"""One setting in every layer, as JSON."""

from typing import Any

from parity.diff.layered import Explanation, Layered, State, Word
from parity.model.document import show as written
from parity.report.contract import Options
from parity.report.explain_setting import headline, in_effect, value_of, where
from parity.report.json import as_text
from parity.report.text import relative

SCHEMA = "parity.explanation/1"


def write(told: Explanation, options: Options) -> str:
    """The whole record."""
    return as_text(
        {
            "schema": SCHEMA,
            "setting": told.setting,
            "summary": headline(told),
            "relation": told.verdict.relation,
            "compared": told.verdict.how,
            "left": _side(told.sides[0], options),
            "right": _side(told.sides[1], options),
            "findings": [
                {
                    "rule": each.rule,
                    "name": each.name,
                    "severity": each.severity.value,
                    "key": each.key,
                    "message": each.message,
                    "fix": each.fix,
                }
                for each in told.findings
            ],
            "folded": [
                {
                    "why": each.why.value,
                    "reason": each.reason,
                    "rule": each.finding.rule,
                    "setting": each.finding.setting,
                }
                for each in told.folded
            ],
            "not_checked": [
                {"rule": each.rule, "name": each.name, "reason": each.reason}
                for each in told.not_checked
            ],
            "notes": list(told.notes),
        }
    )


def _side(side: Layered, options: Options) -> dict[str, Any]:
    winner = side.winner
    return {
        "name": side.environment,
        "service": side.service,
        "in_effect": in_effect(side) if side.service else "",
        "layer": winner.layer.value if winner else "",
        "why": side.why,
        "layers": [_word(word, options) for word in side.words],
        "beside": [_word(word, options) for word in side.beside],
    }


def _word(word: Word, options: Options) -> dict[str, Any]:
    origin = word.origin
    return {
        "layer": word.layer.value,
        "setting": written(word.path),
        "state": word.state.value,
        "value": value_of(word) if word.state is State.SAYS else None,
        "where": where(word, options.root) if word.state is State.SAYS else "",
        "origin": {"file": relative(origin.file, options.root), "line": origin.line}
        if origin
        else None,
        "why": word.why,
        "in_effect": word.wins,
    }
