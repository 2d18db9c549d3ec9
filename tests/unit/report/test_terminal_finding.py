"""One finding: what is left out when there is nothing to say."""

from dataclasses import replace

import pytest

from parity.model.finding import Place
from parity.report.contract import Options
from parity.report.paint import Paint
from parity.report.terminal_finding import FindingText


@pytest.fixture
def lines(shop):
    text = FindingText(shop, Options(), Paint(colour=False), 80)
    return lambda finding: list(text.lines(finding))


def test_no_fix_no_fix_line(shop, lines):
    assert any(line.startswith("  fix: ") for line in lines(shop.findings[0]))
    assert not any("fix:" in line for line in lines(replace(shop.findings[0], fix="")))


def test_without_origins_only_the_rule_is_named(shop, lines):
    place = replace(shop.findings[0].places[0], left_origin=None, right_origin=None)
    found = lines(replace(shop.findings[0], places=(place,)))
    assert found[-1] == "  EN003 environment.invisible-difference"


def test_one_origin_for_both_sides_is_named_once(shop, lines):
    place = shop.findings[0].places[0]
    place = replace(place, right_origin=place.left_origin)
    found = lines(replace(shop.findings[0], places=(place,)))
    assert found[-1].count("compose.dev.yaml:14") == 1


def test_a_finding_without_places_is_headed_by_its_service(shop, lines):
    found = lines(replace(shop.findings[0], places=()))
    assert found[0] == "web"
    assert len(found) == 5
    everywhere = lines(replace(shop.findings[0], places=(), service=""))
    assert everywhere[0] == "environment.invisible-difference"


def test_both_values_start_in_one_column(shop, lines):
    dev, prod = [line for line in lines(shop.findings[0]) if line.startswith("    ")][:2]
    assert dev.index("mailer") == prod.index("mailer")


def test_further_settings_are_named_with_their_place(shop, lines):
    found = lines(shop.findings[2])
    at = found.index("    with services.web.deploy.resources.limits.memory")
    assert found[at + 1 : at + 4] == [
        "    dev   unset -> no limit",
        "    prod  1 GiB",
        "    compose.dev.yaml:31 · deploy/prod.yaml:38",
    ]


def test_a_folded_one_is_short_and_has_its_reason(shop):
    text = FindingText(shop, Options(), Paint(colour=False), 80)
    assert list(text.short(shop.folded[1].finding, shop.folded[1].reason)) == [
        "  services.web.environment.HOST_2",
        "      dev-2  ->  prod-2",
        "      OPS-12: mail goes to the sandbox until the move (EN010)",
    ]


def test_what_has_no_two_sides_shows_none(shop, lines):
    place = Place("waivers.services.web.init", "", "", ("reason: x", "expires: never"))
    found = lines(replace(shop.findings[0], places=(place,)))
    assert [line for line in found if line.startswith("    ")] == [
        "    reason: x",
        "    expires: never",
    ]
    assert not any(line.startswith("    dev") for line in found)


def test_one_setting_more_is_shown_instead_of_counted(shop, lines):
    places = tuple(
        replace(shop.findings[0].places[0], setting=f"services.web.a{n}") for n in range(5)
    )
    assert any(
        "services.web.a3" in line for line in lines(replace(shop.findings[0], places=places[:4]))
    )
    assert "    …and 2 more settings: --all" in lines(replace(shop.findings[0], places=places))


def test_a_folded_one_of_no_rule_has_no_brackets(shop):
    text = FindingText(shop, Options(), Paint(colour=False), 80)
    finding = replace(shop.folded[1].finding, rule="")
    assert list(text.short(finding, "expected"))[-1] == "      expected"
