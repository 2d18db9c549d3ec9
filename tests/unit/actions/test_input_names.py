"""What a text may name."""

import pytest

from parity.actions import input_names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("env_file: web.env", "web.env"),
        ("env_file: my web.env", "my web.env"),
        ("env_file: 'my web.env'", "my web.env"),
        ('- "a(b)=c.env"', "a(b)=c.env"),
        ("env_file: a(b)=c.env", "a(b)=c.env"),
        ("env_file: [my a.env, my b.env]  # both", "my b.env"),
        ("  - - my web.env", "my web.env"),
        ("- ./my nginx.conf:/etc/nginx/nginx.conf:ro", "./my nginx.conf"),
        ("file: ${FOLDER:-conf}/app.conf", "conf/app.conf"),
        ("file: ${FOLDER:-${OTHER:-deep}}/app.conf", "deep/app.conf"),
        ("file: $KNOWN/app.conf", "there/app.conf"),
    ],
)
def test_names_of_files(text, name):
    assert name in input_names.names(text, {"KNOWN": "there"})


def test_a_home_folder_is_found(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert f"{tmp_path}/x.env" in input_names.names("env_file: ~/x.env", {})


def test_the_environment_comes_before_env_files(monkeypatch):
    monkeypatch.setenv("KNOWN", "here")
    assert input_names.expanded("$KNOWN/a", {"KNOWN": "there"}) == "here/a"


def test_what_cannot_be_a_file_is_left_out():
    assert not input_names.names("a: [.., /, x]\nb: " + "y" * 301 + "\n'\0z'", {}) & {
        "..",
        "/",
        "x",
        "y" * 301,
    }


def test_project_directories():
    text = 'include:\n  - path: a.yaml\n    project_directory: ../up  \n  - {"project_directory": "b"}\n'
    assert list(input_names.directories(text, {})) == ["../up", "b"]


def test_variables_and_assignments():
    assert input_names.variable_names("environment: [TZ]\nA: $B") == {"environment", "TZ", "A", "B"}
    assert input_names.assignments("# no\nexport A='x y'\nB=2 \n") == {"A": "x y", "B": "2"}
