"""What scripts/check prints."""

from scripts.lib.checks import DETAIL_LINES, Check, Outcome, checks, render

CHECK = Check("ruff check", ("/venv/bin/ruff", "check", "."), "mend it")


def test_success_is_one_line() -> None:
    assert render(Outcome(CHECK, 0, "noise\n", 1.0)).count("\n") == 1


def test_failure_shows_what_was_found_and_what_to_do() -> None:
    text = render(Outcome(CHECK, 1, "a.py:1 wrong\n", 1.0))
    assert "a.py:1 wrong" in text
    assert "Next: mend it" in text


def test_a_flood_is_cut_and_the_way_to_the_rest_named() -> None:
    text = render(Outcome(CHECK, 1, "line\n" * 1000, 1.0))
    assert text.count("    line\n") == DETAIL_LINES
    assert "all: ruff check ." in text


def test_generated_pages_are_checked_where_their_script_is(tmp_path) -> None:
    names = [check.name for check in checks(tmp_path)]
    assert "gen_docs" not in names
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "gen_docs").write_text("")
    assert [check.name for check in checks(tmp_path)] == [*names, "gen_docs"]
