"""The demo's command line and its messages."""

import docker
import pytest

from scripts.lib.demo import STEPS, guarded, parser
from scripts.lib.errors import SetupError


def test_steps_run_in_their_own_order() -> None:
    assert parser().parse_args([]).only == STEPS
    assert parser().parse_args(["--only", "images,engine"]).only == ("engine", "images")


@pytest.mark.parametrize("text", ["", ",", "engin", "engine,stakc"])
def test_an_unknown_step_is_a_usage_error(text, capsys) -> None:
    with pytest.raises(SystemExit) as caught:
        parser().parse_args(["--only", text])
    assert caught.value.code == 2
    assert "there are engine" in capsys.readouterr().err


def raising(error):
    def work() -> None:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (
            SetupError("no room.", next_step="make some", exit_code=2),
            2,
            "no room.\nNext: make some",
        ),
        (docker.errors.APIError("gone"), 3, "the engine refused"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_failures_become_a_sentence_and_an_exit_code(error, code, says, capsys) -> None:
    assert guarded("demo", raising(error)) == code
    assert says in capsys.readouterr().err


def test_success_is_zero() -> None:
    assert guarded("demo", lambda: None) == 0
