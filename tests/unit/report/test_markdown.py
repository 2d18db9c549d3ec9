"""Markdown for a pull request: tables that hold, nothing that links or mentions."""

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from parity.model.finding import Severity
from parity.report import markdown
from parity.report.contract import Options


def html(text):
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(text)


def rows(text):
    """Cells of each row of the last table."""
    table = html(text).split("<table>")[-1]
    return [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in table.split("<tr>")[2:]]


def test_it_starts_with_the_answer(shop):
    text = markdown.write(shop, Options())
    assert text.startswith("### dev and prod differ in 8 findings: 2 errors, 4 warnings and 2 ")
    assert "38 %" in text
    assert "12 expected" in text


def test_the_top_findings_are_a_table(shop):
    found = rows(markdown.write(shop, Options()))
    assert len(found) == 8
    mark, setting, dev, prod, said = found[4]
    assert mark == "🟠 IM002"
    assert setting.startswith("<code>services.db.image.tag</code>")
    assert "compose.dev.yaml:44" in setting
    assert (dev, prod) == ("<code>16.3</code>", "<code>14.11</code>")
    assert "<strong>Fix:</strong> run the version of production" in said


def test_the_rest_is_folded(long):
    text = markdown.write(long, Options())
    assert len(rows(text)) == markdown.TOP
    assert "<details><summary>490 more findings</summary>" in text
    assert text.count("<details>") == text.count("</details>")


def test_a_clean_report_has_no_table_and_no_fold(clean):
    text = markdown.write(clean, Options())
    assert "|" not in text
    assert "<details>" not in text
    assert "not looked at, so possibly different" in text


def test_folded_and_unchecked_are_there_with_their_reasons(shop):
    text = html(markdown.write(shop, Options()))
    assert "<details><summary>16 folded differences</summary>" in text
    assert "waiver: OPS-12: mail goes to the sandbox" in text
    assert "PG001 postgres.collation-differs: reads database" in text


@pytest.mark.parametrize("record", ["hostile", "shop"])
def test_what_definitions_hold_stays_text(record, request):
    text = markdown.write(request.getfixturevalue(record), Options())
    shown = html(text)
    assert "<script" not in shown
    assert "<a " not in shown
    assert "<img" not in shown
    allowed = (
        "h3|p|table|thead|tbody|tr|th|td|code|sub|br|strong|em|details|summary|ul|li|blockquote"
    )
    tags = set(re.findall(r"</?([a-z0-9]+)", shown))
    assert tags <= set(allowed.split("|"))
    assert not re.search(r"@\w", re.sub(r"<code>.*?</code>", "", shown)), "nobody is mentioned"


def test_bars_and_backticks_break_no_table(shop):
    place = replace(shop.findings[0].places[0], left="a|b`c\\|d", right="``| | |`")
    found = replace(shop.findings[0], places=(place,), message="a | b ` c ~~d~~ **e** #12")
    report = replace(shop, findings=(found,))
    (row,) = rows(markdown.write(report, Options()))
    assert len(row) == 5
    assert row[2:4] == ["<code>a|b`c\\|d</code>", "<code>``| | |`</code>"]
    assert row[4].startswith("a | b ` c ~~d~~ **e** #<!-- -->12")


@pytest.mark.parametrize("length", [10, 150, 100_000])
def test_it_fits_into_a_comment_and_says_what_it_leaves_out(long, length):
    findings = tuple(
        replace(f, message=f"{i} " + "é|" * length) for i, f in enumerate(long.findings)
    )
    text = markdown.write(replace(long, findings=findings), Options())
    assert len(text) <= markdown.LIMIT
    assert "Shortened to 65,000 characters" in text
    assert text.count("<details>") == text.count("</details>")
    number = int(re.search(r"characters: ([\d,]+) entr", text)[1].replace(",", ""))
    assert number + text.count("\n- ") + len(rows(text)) == 500 + 250


def test_what_fits_has_no_such_note(shop):
    assert "Shortened" not in markdown.write(shop, Options())


def test_every_severity_has_a_mark():
    assert set(markdown._MARKS) == set(Severity)
