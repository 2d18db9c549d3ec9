"""How a script in a container finds a setting."""

import pytest

from parity.state.engines.shell import login, script, setting


def test_the_first_setting_or_its_file_is_found(shell, tmp_path):
    file = tmp_path / "secret"
    file.write_text("from the file\nnot this\n")
    asked = script('printf "<%s>" "$(found A B C)"')
    assert shell(asked) == (0, "<>")
    assert shell(asked, {"B": "of b", "C_FILE": str(file)}) == (0, "<of b>")
    assert shell(asked, {"A": "", "C_FILE": str(file)}) == (0, "<from the file>")
    assert shell(asked, {"A_FILE": "/no/such/file", "C": "of c"}) == (0, "<of c>")


def test_a_value_is_not_run(shell):
    assert shell(script('printf "%s" "$(found A)"'), {"A": "$(echo run) `id`"}) == (
        0,
        "$(echo run) `id`",
    )


def test_the_first_variable_that_is_set():
    assert setting({"A": "", "B": "b"}, "A", "B", "C") == "b"
    assert setting({}, "A") == ""


@pytest.mark.parametrize(
    ("user", "password", "text"),
    [("", "", ""), ("u", "", "u@"), ("", "p", ":p@"), ("u/x", "p@:#", "u%2Fx:p%40%3A%23@")],
)
def test_user_and_password_of_a_url(user, password, text):
    assert login(user, password) == text
