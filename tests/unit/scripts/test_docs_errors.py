"""docs/errors.md: codes, classes, and what each class says."""

from parity.errors import ParityError
from scripts.lib.docs_errors import error_page


def test_every_class_has_its_row_and_its_messages():
    text = error_page()
    for error in (ParityError, *ParityError.__subclasses__()):
        assert f"`{error.__name__}` | {error.exit_code} |" in text
    usage, engine = (
        text.index("### UsageError: exit code 2"),
        text.index("### EngineError: exit code 3"),
    )
    assert usage < text.index("there is a pre-push hook already") < engine
    assert "`parity doctor` looks at the engine" in text[engine:]
    assert "it is paused" not in text, "a reason, no message"


def test_rows_are_whole():
    rows = [line for line in error_page().splitlines() if line.startswith("|")]
    assert {row.replace("\\|", "").count("|") for row in rows} == {3, 4}
