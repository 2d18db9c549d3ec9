"""JUnit XML: a test case a finding, so that a CI server lists, counts and remembers them."""

import re
from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from parity.model.finding import Finding, Report, Why
from parity.report import layers, summary
from parity.report.contract import Options
from parity.report.text import place, relative, visible

FORMAT = "junit"
SUFFIX = ".xml"
WHOLE = "environment"
"""Suite of the findings that belong to no service."""

_LINES = re.compile(r"([\n\t])")


def write(report: Report, options: Options) -> str:
    """Findings at `fail_on` and worse are failures, lesser ones pass with a note, waived ones and
    rules that could not look are skipped; each service without a failure has a case that passes.
    """
    return _Tests(report, options).text()


class _Tests:
    def __init__(self, report: Report, options: Options) -> None:
        self._report, self._options = report, options
        self._suites: dict[str, ET.Element] = {}
        self._seen: Counter[str] = Counter()

    def text(self) -> str:
        self._compared()
        for finding in self._report.findings:
            self._finding(finding)
        for folded in self._report.folded:
            if folded.why is Why.WAIVER:
                case = self._case(folded.finding)
                _add(case, "skipped", f"waived: {folded.reason}")
        for service in self._clean():
            self._new_case(service, "no finding fails")
        for each in self._report.not_checked:
            case = self._new_case("not checked", f"{each.rule} {each.name}")
            _add(case, "skipped", each.reason)
        return self._document()

    def _compared(self) -> None:
        """The case that says what was compared, or that nothing was."""
        case = self._new_case("compared", "settings were compared")
        answer = summary.headline(self._report)
        if not (self._report.pairs and self._report.compared) and not self._report.findings:
            _add(case, "error", answer)
        sentences = [answer, layers.sentence(self._report), *self._report.notes]
        sentences.append(summary.folded_sentence(self._report))
        _add(case, "system-out", text="\n".join(filter(None, sentences)))

    def _finding(self, finding: Finding) -> None:
        case = self._case(finding)
        text = "\n".join(self._lines(finding))
        if self._fails(finding):
            _add(case, "failure", finding.message, type=finding.severity.value, text=text)
        else:
            _add(case, "system-out", text=f"{finding.severity}: {finding.message}\n{text}")

    def _fails(self, finding: Finding) -> bool:
        least = self._options.fail_on
        return least is not None and finding.severity.rank <= least.rank

    def _lines(self, finding: Finding) -> Iterator[str]:
        names = (self._report.left.name, self._report.right.name)
        for each in finding.places:
            yield visible(each.setting)
            origins = (each.left_origin, each.right_origin)
            for name, value, origin in zip(names, (each.left, each.right), origins, strict=True):
                where = place(origin, self._options.root)
                if not each.sided:
                    continue
                yield visible(f"  {name}: {value}" + (f"   ({where})" if where else ""))
            yield from (f"    {visible(line)}" for line in each.detail)
        if finding.fix:
            yield f"fix: {visible(finding.fix)}"

    def _case(self, finding: Finding) -> ET.Element:
        self._seen[finding.key] += 1
        again = f" #{self._seen[finding.key]}" if self._seen[finding.key] > 1 else ""
        case = self._new_case(finding.service or WHOLE, f"{finding.key} {finding.name}{again}")
        origins = [o for p in finding.places[:1] for o in (p.right_origin, p.left_origin) if o]
        if origins:
            case.set("file", _legal(relative(origins[0].file, self._options.root)))
            case.set("line", str(origins[0].line))
        return case

    def _clean(self) -> list[str]:
        """Paired services without a failure, as far as the record names its services."""
        named = self._report.facts.get("services") or ()
        failed = {f.service for f in self._report.findings if self._fails(f)}
        return [name for name in named if isinstance(name, str) and name not in failed]

    def _new_case(self, suite: str, name: str) -> ET.Element:
        element = self._suites.setdefault(suite, ET.Element("testsuite", name=_legal(suite)))
        # CI servers make folders of the dots in a class name.
        left, right = self._report.left.name, self._report.right.name
        group = ".".join(part.replace(".", "_") for part in ("parity", f"{left}-{right}", suite))
        return ET.SubElement(
            element, "testcase", classname=_legal(group), name=_legal(name), time="0"
        )

    def _document(self) -> str:
        root = ET.Element("testsuites", name="parity")
        for suite in self._suites.values():
            _count(suite)
            root.append(suite)
        _count(root)
        ET.indent(root)
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _count(element: ET.Element) -> None:
    element.set("tests", str(len(list(element.iter("testcase")))))
    for words, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        element.set(words, str(len(list(element.iter(tag)))))
    element.set("time", "0")


def _add(case: ET.Element, tag: str, message: str = "", *, type: str = "", text: str = "") -> None:  # noqa: A002
    words = {"message": message, "type": type}
    ET.SubElement(case, tag, {k: _legal(v) for k, v in words.items() if v}).text = _legal(text)


def _legal(text: str) -> str:
    """Text of characters that XML allows: the others are shown as escapes."""
    return "".join(part if part in "\n\t" else visible(part) for part in _LINES.split(text))
