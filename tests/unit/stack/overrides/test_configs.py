"""A config from a variable reaches the container as a file, and a secret one as a stand-in."""

import pytest

from parity.model.project import EnvironmentTable, SecretTable
from parity.stack.overrides import configs


def test_the_variables_value_becomes_the_content(draft, context, monkeypatch):
    monkeypatch.setenv("MOTD", "good morning")
    one = draft({"web": {}}, configs={"motd": {"environment": "MOTD"}})
    configs.apply(one, context())
    assert one.document["configs"]["motd"] == {"content": "good morning"}


def test_a_secret_value_stays_out_of_document_and_record(draft, context, monkeypatch):
    monkeypatch.setenv("API_TOKEN", "c4n4ry-0123456789")
    one = draft({"web": {}}, configs={"token": {"environment": "API_TOKEN"}})
    configs.apply(one, context())
    assert one.document["configs"]["token"] == {"content": "${secret:API_TOKEN}"}
    assert "c4n4ry" not in str([row.as_json() for row in one.overrides])


def test_other_configs_are_left_alone(draft, context):
    bodies = {"file": {"file": "/etc/x"}, "inline": {"content": "x"}}
    one = draft({"web": {}}, configs=bodies)
    configs.apply(one, context())
    assert (one.document["configs"], one.overrides) == (bodies, ())


def content(draft, context, **tables):
    one = draft({"web": {}}, configs={"app": {"environment": "APPJSON"}})
    configs.apply(one, context(**tables))
    return one.document["configs"]["app"]["content"]


def test_a_value_comes_from_the_dot_env_beside_the_definition(draft, context, tmp_path):
    (tmp_path / ".env").write_text('APPJSON=\'{"a": "$b"}\'  # note\n')
    assert content(draft, context) == '{"a": "$b"}'


def test_the_last_env_file_wins_and_the_shell_over_all(draft, context, tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("APPJSON=unused\n")
    (tmp_path / "one.env").write_text("APPJSON=one\n")
    (tmp_path / "two.env").write_text("APPJSON=two\n")
    table = EnvironmentTable(env_files=("one.env", "two.env"))
    assert content(draft, context, environments={"prod": table}) == "two"
    monkeypatch.setenv("APPJSON", "shell")
    assert content(draft, context, environments={"prod": table}) == "shell"


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("APPJSON=$HOST/x", "db/x"),
        ("APPJSON=${HOST}x", "dbx"),
        ("APPJSON=${NONE:-d}${NONE}", "d"),
        ('APPJSON="{\\"a\\": 1}\\n"', '{"a": 1}\n'),
        ("APPJSON", ""),
        ("export APPJSON=x", "x"),
    ],
)
def test_an_env_file_is_read_as_compose_reads_it(draft, context, tmp_path, line, value):
    (tmp_path / ".env").write_text(f"HOST=db\n{line}\n")
    assert content(draft, context) == value


def test_a_secret_in_an_env_file_is_a_stand_in(draft, context, tmp_path):
    (tmp_path / ".env").write_text("APPJSON=hunter22\n")
    assert content(draft, context, secrets={"APPJSON": SecretTable()}) == "${secret:APPJSON}"
