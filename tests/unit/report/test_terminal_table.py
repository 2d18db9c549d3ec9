"""The table's names and widths."""

from parity.report.digest import digest
from parity.report.paint import Paint
from parity.report.terminal_table import digest_table, enumerated
from parity.report.text import columns


def test_as_many_names_as_fit_then_how_many_more():
    names = ["alpha", "beta", "gamma"]
    assert enumerated(names, 40) == "alpha, beta, gamma"
    assert enumerated(names, 15) == "alpha, beta +1"
    assert enumerated(names, 9) == "alpha +2"
    assert enumerated(["a-very-long-name"], 8) == "a-very-…"
    assert enumerated(["a-very-long-name", "short", "tiny"], 14) == "short, tiny +1"
    assert enumerated(["a-very-long-name", "another-long-name"], 8) == "a-ve… +1"
    assert enumerated([], 8) == ""


def test_every_number_of_names_and_width_stays_inside():
    for count in range(30):
        for room in range(8, 60):
            text = enumerated([f"n{i}" for i in range(count)], room)
            assert columns(text) <= room


def test_the_columns_are_headed_by_the_environments(shop):
    head, *rows = digest_table(digest(shop), shop, Paint(colour=False), 100)
    assert head == "What differs   only dev  only prod  differ"
    assert rows[0] == "services              1          1       -"


def test_areas_name_what_is_concerned(shop):
    _, _, images, environment, *_ = digest_table(digest(shop), shop, Paint(colour=False), 100)
    assert images.endswith("  db")
    assert environment.endswith("  SMTP_USER, JAVA_OPTS, DATABASE_URL, TZ")


def test_a_narrow_terminal_loses_the_names_not_the_numbers(shop):
    for row in digest_table(digest(shop), shop, Paint(colour=False), 50):
        assert columns(row) <= 50
