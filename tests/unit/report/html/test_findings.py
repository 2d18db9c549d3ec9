"""A finding on the page."""

from dataclasses import replace

import pytest

from parity.report.alike import Alike
from parity.report.contract import Options
from parity.report.html.findings import FindingCards


@pytest.fixture
def card(shop):
    cards = FindingCards(shop, Options())
    return lambda finding, *services: cards.card(
        Alike(finding, (finding.service, *services)), opened=False
    )


def test_both_values_stand_side_by_side_with_their_place(card, shop):
    text = card(shop.findings[0])
    for word in ("compose.dev.yaml:14", "deploy/prod.yaml:21", "left bytes:  «mailer»", "EN003"):
        assert word in text
    assert text.index('class="side left"') < text.index('class="side right"')


def test_only_what_differs_is_marked(card, shop):
    text = card(shop.findings[2])
    assert "-Xms256m -<mark>Xmx512m</mark>" in text
    assert "-Xms256m -<mark>Xmx2g</mark>" in text


def test_a_value_against_nothing_has_no_mark(card, shop):
    text = card(shop.findings[1])
    assert "<mark>" not in text
    assert '<code class="unset">unset</code>' in text


def test_a_setting_that_is_alike_on_both_sides_has_no_mark(card, shop):
    place = replace(shop.findings[0].places[0], left="2", right="2", detail=())
    assert "<mark>" not in card(replace(shop.findings[0], places=(place,)))


def test_without_fix_detail_or_place_there_is_no_room_for_it(card, shop):
    place = replace(shop.findings[0].places[0], detail=(), left_origin=None, right_origin=None)
    text = card(replace(shop.findings[0], places=(place,), fix=""))
    for word in ("Fix", "<pre>", "where"):
        assert word not in text


def test_a_finding_without_places_still_shows(card, shop):
    text = card(replace(shop.findings[0], places=()))
    assert '<code class="path">web</code>' in text


def test_further_settings_are_rows(card, shop):
    text = card(shop.findings[2])
    assert text.count('class="place"') == 1
    row = text[text.index("<td>") :]
    assert "services.web.deploy.resources.limits.memory" in row
    assert '<code class="value">1 GiB</code><div class="where">deploy/prod.yaml:38</div>' in row
    assert "<td>" not in card(shop.findings[0])


def test_many_further_settings_are_folded(card, shop):
    first = shop.findings[0]
    many = replace(first, places=first.places * 6)
    assert "<summary>with 5 more settings</summary>" in card(many)
    assert "more setting" not in card(replace(first, places=first.places * 5))


def test_links_to_findings_are_stable_and_unique(shop):
    one, two = (FindingCards(shop, Options()) for _ in range(2))
    first = shop.findings[0]
    changed = replace(first, message="other words")
    anchors = [
        cards.card(Alike(f, (f.service,)), opened=True).split('id="')[1].split('"')[0]
        for cards, f in (
            (one, first),
            (two, changed),
            (two, first),
        )
    ]
    assert anchors[0] == anchors[1]
    assert anchors[2] == f"{anchors[0]}-2"


def test_a_long_detail_keeps_its_lines(card, shop):
    place = replace(shop.findings[0].places[0], detail=("a: <1>", "b: 2\x00"))
    assert "<pre>a: &lt;1&gt;\nb: 2\\x00</pre>" in card(replace(shop.findings[0], places=(place,)))


def test_services_alike_are_named_and_can_be_filtered(card, shop):
    text = card(shop.findings[0], "cron", "api")
    assert "alike in cron and api" in text
    assert 'data-services="web cron api" data-count="3"' in text
    assert "alike in" not in card(shop.findings[0])
