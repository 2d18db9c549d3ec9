"""The page as a whole: it nests, fetches nothing, and lets nothing in."""

import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

import pytest

from parity.report.contract import Options
from parity.report.html import write

RECORDS = ["shop", "clean", "hostile", "long"]


@pytest.mark.parametrize("record", RECORDS)
def test_elements_nest_and_ids_are_unique(record, page, request):
    found = page(request.getfixturevalue(record)).found
    ids = [element["id"] for element in found if "id" in element]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("record", RECORDS)
def test_nothing_is_fetched(record, page, request):
    text = write(request.getfixturevalue(record), Options())
    for element in page(request.getfixturevalue(record)).found:
        assert element["tag"] not in {"link", "img", "iframe", "object", "embed", "base", "a"}
        assert not {"src", "href", "style", "action"} & set(element)
        assert not [key for key in element if key.startswith("on")]
    assert "@import" not in text
    assert "url(" not in text
    assert "http" not in re.sub("http-equiv", "", text)


def test_only_the_pages_own_style_and_script_may_run(page, shop):
    parsed = page(shop)
    (policy,) = parsed.all("meta", **{"http-equiv": "Content-Security-Policy"})
    assert policy["content"].startswith("default-src 'none'; ")
    for name in ("style", "script"):
        (element,) = parsed.all(name)
        digest = b64encode(sha256(element["text"].encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}'" in policy["content"]
    assert "unsafe" not in policy["content"]


def test_what_a_definition_holds_is_text(page, hostile):
    parsed = page(hostile)
    assert len(parsed.all("script")) == 1
    (card,) = parsed.all("details", class_="finding")
    assert "<script>alert(1)</script>" in card["text"]
    assert "</script" not in parsed.all("script")[0]["text"]


def test_findings_stand_in_groups_by_severity(page, shop):
    parsed = page(shop)
    groups = parsed.all("details", class_="group")
    titles = [element["text"] for element in parsed.all("h2") if element["text"][-1].isdigit()]
    assert titles == ["Errors 2", "Warnings 4", "Infos 2"]
    assert len([group for group in groups if "card" not in group["class"]]) == 3
    assert len(parsed.all("details", class_="item")) == 8


def test_the_worst_are_unfolded(page, long, shop):
    cards = page(long).all("details", class_="finding")
    assert ["open" in card for card in cards[:9]] == [True] * 8 + [False]
    assert not any("open" in card for card in cards[9:])
    assert all("open" in card for card in page(shop).all("details", class_="finding"))


def test_services_can_be_chosen_where_there_are_several(page, shop):
    options = [element["value"] for element in page(shop).all("option")]
    assert options == ["", "cache", "db", "mailhog", "web", "worker"]
    one = replace(shop, findings=shop.findings[:1])
    assert page(one).all("select") == []


def test_filters_wait_for_the_script(page, shop):
    (filters,) = page(shop).all("div", id="filters")
    assert "hidden" in filters


def test_a_clean_page_has_no_filter_and_no_group(page, clean):
    parsed = page(clean)
    assert parsed.all(id="filters") == []
    assert parsed.all("details") == []
    assert parsed.all("h1")[0]["text"] == (
        "No findings between dev and prod in 422 settings of 5 paired services."
    )


def test_buttons_count_each_severity(page, shop):
    buttons = page(shop).all("button", class_="choice")
    assert [b["text"] for b in buttons] == ["2 errors", "4 warnings", "2 infos"]
    assert {b["aria-pressed"] for b in buttons} == {"true"}
