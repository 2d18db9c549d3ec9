"""SARIF 2.1.0: findings at the lines of both sides, for code scanning and editors."""

import re
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import PurePath
from typing import Any, Final
from urllib.parse import quote

import parity
from parity.model.finding import Finding, Folded, Place, Report, Severity, Why
from parity.model.setting import Origin
from parity.report import layers, summary
from parity.report.contract import Options
from parity.report.json import as_text
from parity.report.text import relative, visible

FORMAT = "sarif"
SUFFIX = ".sarif"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"

_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_LINK = re.compile(r"\[(?=[^\]]*\]\()")
_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.-]+://")

Tree = dict[str, Any]


def write(report: Report, options: Options) -> str:
    """One run. Waived findings are suppressed results; with `--all`, so is everything folded."""
    return as_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [_Run(report, options).tree()]})


class _Run:
    def __init__(self, report: Report, options: Options) -> None:
        self._report, self._options = report, options
        self._folded = [
            folded for folded in report.folded if options.everything or folded.why is Why.WAIVER
        ]
        everything = [*report.findings, *(folded.finding for folded in self._folded)]
        self._rules = {finding.rule: finding for finding in reversed(everything)}
        self._index = {rule: number for number, rule in enumerate(sorted(self._rules))}
        self._seen: Counter[str] = Counter()

    def tree(self) -> Tree:
        report = self._report
        results = [self._result(finding) for finding in report.findings]
        results += [self._suppressed(folded) for folded in self._folded]
        return {
            "tool": {"driver": self._driver()},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {
                "%SRCROOT%": {"description": {"text": "The folder of parity.toml."}}
            },
            "invocations": [
                {
                    "executionSuccessful": True,
                    "toolExecutionNotifications": list(self._notifications()),
                }
            ],
            "results": results,
            "properties": {
                "summary": summary.headline(report),
                "left": report.left.name,
                "right": report.right.name,
                "layers": [layer.value for layer in layers.read(report)],
            },
        }

    def _driver(self) -> Tree:
        rules = [self._rule(self._rules[rule]) for rule in self._index]
        return {"name": "parity", "semanticVersion": parity.__version__, "rules": rules}

    def _rule(self, finding: Finding) -> Tree:
        page = self._options.explain(finding.rule)
        first = page.strip().partition("\n")[0] or finding.name
        return {
            "id": finding.rule,
            "name": finding.name,
            "shortDescription": {"text": first},
            "help": _help(finding.rule, page),
            "defaultConfiguration": {"level": _LEVELS[finding.severity]},
            "properties": {"tags": [finding.name.partition(".")[0]]},
        }

    def _notifications(self) -> Iterator[Tree]:
        yield {"level": "note", "message": _message(layers.sentence(self._report))}
        for note in self._report.notes:
            yield {"level": "warning", "message": _message(note)}
        for each in self._report.not_checked:
            text = f"{each.rule} {each.name} was not checked: {each.reason}"
            yield {"level": "note", "message": _message(text), "associatedRule": {"id": each.rule}}

    def _result(self, finding: Finding) -> Tree:
        self._seen[finding.key] += 1
        identity = f"{finding.key} #{self._seen[finding.key]}"
        result = {
            "ruleId": finding.rule,
            "ruleIndex": self._index[finding.rule],
            "level": _LEVELS[finding.severity],
            "message": _message(self._text(finding)),
            "locations": [self._location(finding)],
            "partialFingerprints": {"parityKey/v1": sha256(_bytes(identity)).hexdigest()},
            "properties": {"key": finding.key, "layer": finding.layer.value},
        }
        related = list(self._related(finding))
        return {**result, "relatedLocations": related} if related else result

    def _suppressed(self, folded: Folded) -> Tree:
        why = "accepted" if folded.why is Why.WAIVER else folded.why.value
        suppression = {"kind": "external", "status": "accepted"}
        suppression["justification"] = f"{why}: {visible(folded.reason)}"
        return {**self._result(folded.finding), "suppressions": [suppression]}

    def _text(self, finding: Finding) -> str:
        lines = [finding.message]
        for place in finding.places:
            sides = f": {self._sides(place)}" if place.sided else ""
            lines += [f"{visible(place.setting)}{sides}"]
            lines += [f"  {visible(detail)}" for detail in place.detail]
        return "\n".join([*lines, f"Fix: {finding.fix}"] if finding.fix else lines)

    def _sides(self, place: Place) -> str:
        left, right = self._report.left.name, self._report.right.name
        return f"{left} has {visible(place.left)}, {right} has {visible(place.right)}"

    def _location(self, finding: Finding) -> Tree:
        place = finding.places[0] if finding.places else Place("", "", "")
        origin = _written(place) or self._file()
        location = self._physical(origin) if origin else {}
        if finding.setting:
            location["logicalLocations"] = [{"fullyQualifiedName": visible(finding.setting)}]
        return location

    def _file(self) -> Origin | None:
        # A result without any file is not shown by code scanning.
        files = (*self._report.right.files, *self._report.left.files)
        return Origin(files[0]) if files else None

    def _related(self, finding: Finding) -> Iterator[Tree]:
        number = 0
        for index, place in enumerate(finding.places):
            for name, value, origin in (
                (self._report.left.name, place.left, place.left_origin),
                (self._report.right.name, place.right, place.right_origin),
            ):
                primary = index == 0 and origin is _written(place)
                if origin is None or not origin.is_file or primary:
                    continue
                number += 1
                text = f"{name}: {visible(place.setting)} is {visible(value)}"
                yield {"id": number, **self._physical(origin), "message": _message(text)}

    def _physical(self, origin: Origin) -> Tree:
        where: Tree = {"artifactLocation": self._artifact(origin.file)}
        if origin.line > 0:
            where["region"] = {"startLine": origin.line}
        return {"physicalLocation": where}

    def _artifact(self, file: str) -> Tree:
        scheme = _SCHEME.match(file)
        if scheme:
            return {"uri": scheme[0] + _quoted(file[scheme.end() :])}
        name = relative(file, self._options.root)
        if PurePath(name).is_absolute():
            return {"uri": "file://" + _quoted(name)}
        return {"uri": _quoted(name), "uriBaseId": "%SRCROOT%"}


def _written(place: Place) -> Origin | None:
    """The file that a result is shown at; what an engine says stands in none."""
    told = (place.right_origin, place.left_origin)
    return next((each for each in told if each and each.is_file), None)


def _quoted(path: str) -> str:
    return quote(path, safe="/", errors="replace")


def _help(rule: str, page: str) -> Tree:
    if not page:
        return {"text": f"`parity explain {rule}` shows the rule's page."}
    return {"text": page, "markdown": page}


def _message(text: str) -> Tree:
    # A message may hold links: what a definition holds must not become one.
    return {"text": _LINK.sub(r"\\[", "\n".join(map(visible, text.split("\n"))))}


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
