"""docs/report.schema.json: what `--format json` writes, as a JSON Schema."""

from __future__ import annotations

import json
from typing import Any

from parity.model.difference import Kind
from parity.model.finding import Severity, Why
from parity.model.setting import Layer
from parity.report.json import SCHEMA

Tree = dict[str, Any]


def report_schema() -> str:
    """docs/report.schema.json."""
    return json.dumps(_schema(), indent=2, ensure_ascii=False) + "\n"


def _schema() -> Tree:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$comment": "Written by scripts/gen_docs. Source: scripts/lib/docs_report.py",
        "title": "parity report",
        "description": "What `parity diff --format json` prints. Values are texts in which secrets "
        "are shapes. A reader ignores fields it does not know: new ones may come within one version.",
        **_table(
            schema={"const": SCHEMA, "description": "Changes when a reader has to change."},
            summary=_summary(),
            left={"$ref": "#/$defs/side"},
            right={"$ref": "#/$defs/side"},
            findings=_list(_ref("finding"), "In rank order: the worst first."),
            folded=_list(_ref("folded"), "Counted, but not among the findings."),
            not_checked=_list(
                _ref("not_checked"), "Rules that could not look; they passed nothing."
            ),
            differences=_list(
                _ref("difference"), "Every setting that differs, without its values."
            ),
            notes=_list(_text(), "What a reader must know to judge a clean result."),
            symptom=_text("What `--symptom` was given; it changes the order of the findings."),
            facts={"type": "object", "description": "Further facts by name. Not versioned."},
        ),
        "$defs": {
            "side": _side(),
            "finding": _finding(),
            "place": _place(),
            "origin": _origin(),
            "folded": _table(
                why=_enum(Why, "Why it is folded."),
                reason=_text("In words."),
                finding=_ref("finding"),
            ),
            "not_checked": _table(rule=_text("Id."), name=_text(), reason=_text()),
            "difference": _difference(),
        },
    }


def _summary() -> Tree:
    counts = {severity.value: _number() for severity in Severity}
    folded = {why.value: _number() for why in Why}
    return _table(
        text=_text("The answer in one sentence."),
        findings=_table(total=_number(), **counts),
        folded={
            "type": "object",
            "description": "Number by reason; a reason without one is left out.",
            "properties": folded,
        },
        checked=_number("Rules that could look."),
        not_checked=_number("Rules that could not."),
        pairs=_number("Services that exist on both sides."),
        compared=_number("Settings looked at, both sides together."),
        layers=_list(_enum(Layer), "Layers that were read on both sides."),
        visible_incidents_percent=_number(
            "Of the documented incidents parity's rules come from, those that can be seen in these "
            "layers; 0 where too little was read.",
            maximum=100,
        ),
    )


def _side() -> Tree:
    return _table(
        name=_text("The environment."),
        source=_text("The notation it was read from."),
        files=_list(_text()),
        layers=_list(_enum(Layer), "Layers that were read."),
        services=_number(),
        settings=_number(),
        losses=_number("Fields of the definition that could not be expressed."),
        lost=_list(
            _table(path=_text("Where it stands."), reason=_text("Why it is not compared.")),
            "Those fields, without their values.",
        ),
        captured=_text("When a snapshot was taken; empty for what was read just now."),
    )


def _finding() -> Tree:
    return _table(
        rule=_text("Id, `EN003`: `parity explain` shows its page."),
        name=_text("`environment.invisible-difference`."),
        severity=_enum(Severity),
        key=_text("Rule and setting: what a waiver or a baseline names."),
        service=_text("On the right side; empty for the whole environment."),
        setting=_text("The culprit's path, `services.web.environment.TZ`."),
        message=_text("What differs and what it does."),
        fix=_text("What to do; may be empty."),
        layer=_enum(Layer),
        score={"type": "integer", "description": "Orders findings of one severity."},
        explains={
            "type": "boolean",
            "description": "Whether it may be why the user sees the symptom that was named: such findings come first.",
        },
        places=_list(_ref("place"), "The settings concerned, the culprit first."),
    )


def _place() -> Tree:
    return _table(
        setting=_text(),
        left=_text("As shown to people: `unset`, `unset -> 64 MiB (engine default)`."),
        right=_text(),
        detail=_list(_text(), "By component or by byte."),
        left_origin={"anyOf": [_ref("origin"), {"type": "null"}]},
        right_origin={"anyOf": [_ref("origin"), {"type": "null"}]},
    )


def _origin() -> Tree:
    return _table(
        file=_text("Relative to the project's folder where it lies below it."),
        line=_number("From 1; 0 where only the file is known."),
    )


def _difference() -> Tree:
    return _table(
        setting=_text(),
        service=_text(),
        left_service=_text("The left side's name for the service, where it is another."),
        kind=_enum(Kind),
        layer=_enum(Layer),
    )


def _table(**fields: Tree) -> Tree:
    return {
        "type": "object",
        "properties": fields,
        "required": list(fields),
    }


def _ref(name: str) -> Tree:
    return {"$ref": f"#/$defs/{name}"}


def _list(items: Tree, description: str = "") -> Tree:
    return _described({"type": "array", "items": items}, description)


def _text(description: str = "") -> Tree:
    return _described({"type": "string"}, description)


def _number(description: str = "", **limits: int) -> Tree:
    return _described({"type": "integer", "minimum": 0, **limits}, description)


def _enum(words: Any, description: str = "") -> Tree:
    return _described({"enum": [word.value for word in words]}, description)


def _described(tree: Tree, description: str) -> Tree:
    return {**tree, "description": description} if description else tree
