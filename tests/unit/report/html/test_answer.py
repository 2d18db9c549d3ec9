"""The first screen."""

from dataclasses import replace

from parity.model.setting import Layer
from parity.report.contract import Options
from parity.report.html.answer import answer


def test_the_answer_and_what_it_cannot_show_come_first(page, shop):
    parsed = page(shop)
    assert parsed.all("h1")[0]["text"].startswith("dev and prod differ in 8 findings")
    assert "not looked at: image configs" in parsed.all("p", class_="lead")[0]["text"]


def test_both_sides_say_where_they_come_from(page, shop):
    left, right = parsed = page(shop).all("div", class_="card")[:2]
    assert len(parsed) == 2
    assert "compose.yaml, compose.dev.yaml" in left["text"]
    assert "captured 2025-03-01T10:00:00Z" in right["text"]


def test_the_table_says_what_differs_in_kind(page, shop, clean):
    (table,) = page(shop).all("table", class_="kinds")
    assert "SMTP_USER, JAVA_OPTS, DATABASE_URL, TZ" in table["text"]
    assert page(clean).all("table", class_="kinds") == []


def test_each_side_names_the_services_it_runs_alone(page, shop, clean):
    left, right = page(shop).all("div", class_="card")[:2]
    assert left["text"].endswith("Only here: mailhog")
    assert right["text"].endswith("Only here: worker")
    assert "Only here" not in page(clean).all("body")[0]["text"]


def test_each_layer_is_there_with_its_state(page, shop):
    items = {item["text"]: item["class"] for item in page(shop).all("ul", class_="layers")} or {}
    assert items
    states = [li["text"] for li in page(shop).all("li") if li.get("class") in ("read", "unread")]
    assert len(states) == len(Layer)
    assert [state for state in states if "not read" not in state] == ["✓definitions read"]


def test_a_layer_of_one_side_only_is_not_read(page, shop):
    report = replace(shop, left=replace(shop.left, layers=(Layer.DECLARED, Layer.RUNNING)))
    running = [li for li in page(report).all("li") if "running containers" in li["text"]]
    assert "only of dev" in running[0]["text"]
    assert running[0]["class"] == "unread"


def test_the_bar_shows_the_share(page, clean):
    assert [bar["width"] for bar in page(clean).all("rect", class_="value")] == ["38"]


def test_without_a_share_the_page_says_so(page, clean):
    report = replace(clean, left=replace(clean.left, layers=()))
    assert "Too little was read" in answer(report, Options())


def test_notes_and_symptom_are_shown_where_there_are_any(page, shop, clean):
    report = replace(shop, notes=("prod is 90 days old",), symptom="exec format error")
    notes = [note["text"] for note in page(report).all("p", class_="note")]
    assert notes[0] == "prod is 90 days old"
    assert notes[1] == "No finding is known to fit the symptom “exec format error”."
    assert page(clean).all("p", class_="note") == []
