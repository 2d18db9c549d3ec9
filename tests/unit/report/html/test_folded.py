"""What is folded and what was not checked, on the page."""

from dataclasses import replace

from parity.model.finding import NotChecked
from parity.report.contract import Options
from parity.report.html.folded import folded_section, unchecked_section


def test_nothing_folded_no_section(clean):
    assert folded_section(clean, Options()) is None
    assert unchecked_section(clean) is None


def test_a_table_a_reason_with_its_count(page, shop):
    summaries = [s["text"] for s in page(shop).all("summary")]
    assert "Expected 12" in summaries
    assert "By waivers 1" in summaries
    assert len(page(shop).all("tr", class_="item")) == 16


def test_rows_have_values_reason_and_place(page, shop):
    row = page(shop).all("tr", class_="item")[1]["text"]
    for word in ("HOST_2", "dev-2", "prod-2", "OPS-12", "compose.dev.yaml:90", "EN010"):
        assert word in row


def test_a_folded_finding_without_places_has_its_row(page, shop):
    bare = replace(shop.folded[0], told=replace(shop.folded[0].finding, places=()))
    (row,) = page(replace(shop, folded=(bare,))).all("tr", class_="item")
    assert "web" in row["text"]


def test_unchecked_rules_stand_together_by_reason(shop):
    report = replace(
        shop,
        not_checked=(
            NotChecked("A1", "a.one", "reads hosts"),
            NotChecked("B1", "b.one", "reads images"),
            NotChecked("A2", "a.two", "reads hosts"),
        ),
    )
    text = unchecked_section(report)
    assert "3 rules not checked: they passed nothing" in text
    assert text.count("reads hosts") == 1
    assert text.index("a.two") < text.index("b.one")
