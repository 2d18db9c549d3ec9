"""The HTML report in a browser: search, folding, theme, keys, print. No message, no request."""

from itertools import product

import pytest
from selenium.webdriver.common.keys import Keys

BACKGROUND = "return getComputedStyle(document.body).backgroundColor"


def brightness(page):
    numbers = page.run(BACKGROUND).removeprefix("rgb(").rstrip(")").split(",")
    return sum(map(int, numbers)) / 3


# Search and filters


def test_search_narrows_the_findings_and_says_by_how_much(opened, shop):
    page = opened(shop)
    assert len(page.shown(".finding")) == 8
    page.type("database_url")
    assert [card.get_attribute("data-severity") for card in page.shown(".finding")] == ["warning"]
    assert page.one("#shown").text == "1 of 8 findings"
    assert [title.text for title in page.shown(".group:not(.card) h2")] == ["Warnings 1 of 4"]


def test_every_word_has_to_fit_wherever_it_stands(opened, shop):
    page = opened(shop)
    page.type("prod.yaml:38 xmx")
    assert len(page.shown(".finding")) == 1
    page.type("xmx nowhere")
    assert page.shown(".finding") == []
    assert page.one("#none").is_displayed()


def test_search_finds_folded_settings_too(opened, shop):
    page = opened(shop)
    page.type("OPS-12")
    assert page.shown(".finding") == []
    assert not page.one("#none").is_displayed()
    assert [each.text for each in page.shown(".folded summary")] == ["By waivers 1"]


def test_clearing_the_search_brings_everything_back(opened, shop):
    page = opened(shop)
    page.type("nowhere")
    page.one("#search").send_keys(Keys.ESCAPE)
    assert len(page.shown(".finding")) == 8
    assert page.one("#shown").text == "8 findings"


def test_severities_can_be_taken_away_and_brought_back(opened, shop):
    page = opened(shop)
    button = page.one('[data-choice="warning"]')
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    assert len(page.shown(".finding")) == 4
    button.click()
    assert len(page.shown(".finding")) == 8


def test_a_service_can_be_chosen(opened, shop):
    page = opened(shop)
    page.one('#service option[value="db"]').click()
    assert [card.get_attribute("data-services") for card in page.shown(".finding")] == ["db"]
    page.type("nowhere")
    assert page.shown(".finding") == []


# Folding


def test_a_finding_folds_and_unfolds(opened, shop):
    page = opened(shop)
    value = ".finding .value"
    before = len(page.shown(value))
    page.one(".finding summary").click()
    assert len(page.shown(value)) == before - 2
    page.one(".finding summary").click()
    assert len(page.shown(value)) == before


def test_all_findings_fold_and_unfold_at_once(opened, long):
    page = opened(long)
    assert len(page.all(".finding[open]")) == 8
    page.one("#unfold").click()
    assert len(page.all(".finding[open]")) == 500
    page.one("#fold").click()
    assert page.all(".finding[open]") == []


def test_unfolding_leaves_alone_what_the_search_hides(opened, long):
    page = opened(long)
    page.one("#fold").click()
    page.type("variable_499")
    page.one("#unfold").click()
    page.type("")
    assert len(page.all(".finding[open]")) == 1


def test_a_group_folds(opened, shop):
    page = opened(shop)
    page.one(".group.error > summary").click()
    assert len(page.shown(".finding")) == 6


def test_a_link_unfolds_its_finding(opened, long):
    page = opened(long)
    name = page.all(".finding")[400].get_attribute("id")
    page.open(fragment=f"#{name}")
    assert page.one(f"#{name}").get_attribute("open") is not None
    top = page.run("return document.querySelector(location.hash).getBoundingClientRect().top")
    assert 0 <= top < 900


# Theme


@pytest.mark.parametrize("dark", [False, True])
def test_the_theme_is_the_systems_until_it_is_chosen(opened, shop, dark):
    page = opened(shop, dark=dark)
    assert (brightness(page) < 80) is dark
    button = page.one("#theme")
    assert button.text == ("Light" if dark else "Dark")
    button.click()
    assert (brightness(page) < 80) is not dark
    assert button.text == ("Dark" if dark else "Light")


def test_a_chosen_theme_is_remembered(opened, shop):
    page = opened(shop)
    page.one("#theme").click()
    page.open(keep=True)
    assert brightness(page) < 80


def test_where_storage_is_forbidden_the_theme_still_changes(opened, shop):
    page = opened(shop)
    page.run(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('forbidden'); }})"
    )
    page.one("#theme").click()
    assert brightness(page) < 80


# Keys and print


def test_the_page_is_used_without_a_mouse(opened, shop):
    page = opened(shop)
    page.press("/")
    assert page.run("return document.activeElement.id") == "search"
    page.press("jk/")
    assert page.one("#search").get_attribute("value") == "jk/", "keys are letters while typing"
    page.press(Keys.ESCAPE)
    page.press("j", "j", "k")
    focused = "return document.activeElement === document.querySelectorAll('.finding summary')[0]"
    assert page.run(focused)
    page.press(Keys.ENTER)
    assert page.one(".finding").get_attribute("open") is None


def test_print_shows_everything_and_no_button(opened, long):
    page = opened(long)
    page.run("dispatchEvent(new Event('beforeprint'))")
    page.emulate(media="print")
    assert page.all("details:not([open])") == []
    assert page.shown("button, input, select") == []
    page.run("dispatchEvent(new Event('afterprint'))")
    assert len(page.all(".finding[open]")) == 8


def test_without_its_script_the_page_is_whole(opened, shop, chromium):
    chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        page = opened(shop)
        assert len(page.shown(".finding")) == 8
        assert page.shown("#filters, #theme") == []
    finally:
        chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


# What a definition holds


def test_a_hostile_definition_does_nothing(opened, hostile):
    page = opened(hostile)
    page.type("alert(1)")
    assert len(page.shown(".finding")) == 1
    assert "<script>alert(1)</script>" in page.one(".finding").text
    assert len(page.all("script")) == 1


def test_the_policy_stops_what_would_slip_through(opened, shop):
    page = opened(shop)
    page.run(
        "document.body.insertAdjacentHTML('beforeend', "
        '\'<img src="http://127.0.0.1:9/x.png" onerror="window.slipped = 1">\');'
        "const s = document.createElement('script'); s.textContent = 'window.slipped = 1';"
        "document.body.append(s);"
    )
    assert page.run("return window.slipped") is None
    blocked = page.complaints()
    assert len(blocked) >= 2
    assert all("Content Security Policy" in message for message in blocked)
    assert page.requests() == {page.file.as_uri(), "http://127.0.0.1:9/x.png"}, "blocked, but noted"


# Looks


@pytest.mark.parametrize(
    ("record", "dark", "width"),
    list(product(["shop", "clean", "hostile", "long"], [False, True], [480, 1280])),
)
def test_the_page_fits_the_window(opened, record, dark, width, request):
    page = opened(request.getfixturevalue(record), dark=dark, width=width)
    wide, window = page.run("return [document.documentElement.scrollWidth, innerWidth]")
    assert wide <= window, "nothing sticks out"
    theme = "dark" if dark else "light"
    assert page.screenshot(f"{record}-{theme}-{width}").stat().st_size > 10_000


CONTRAST = """
const lum = (c) => { const v = c.map((x) => { x /= 255; return x <= .03928 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4; });
  return .2126 * v[0] + .7152 * v[1] + .0722 * v[2]; };
const rgb = (s) => s.match(/[\\d.]+/g).map(Number);
const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor);
  if (c.length < 4 || c[3] > 0) return c.slice(0, 3); } return [255, 255, 255]; };
const low = [];
for (const e of document.querySelectorAll('body *')) {
  if (!e.offsetParent || ![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
  const [a, b] = [lum(rgb(getComputedStyle(e).color)), lum(behind(e))].sort((x, y) => y - x);
  const ratio = (a + .05) / (b + .05);
  if (ratio < 4.5) low.push(`${e.tagName}.${e.className}: ${ratio.toFixed(2)}`);
}
return low;
"""


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_can_be_read(opened, shop, dark):
    assert opened(shop, dark=dark).run(CONTRAST) == []
