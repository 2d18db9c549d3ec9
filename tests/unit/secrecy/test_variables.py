"""Variables with the name of a secret are known by their values once they are interpolated."""

import pytest

from parity.secrecy.variables import secret_values


@pytest.fixture
def read(tmp_path):
    def run(definition="", env="", **shell):
        (tmp_path / "compose.yaml").write_text(definition)
        (tmp_path / "prod.env").write_text(env)
        return secret_values([tmp_path / "compose.yaml"], [tmp_path / "prod.env"], shell)

    return run


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("MAIL_PASSWORD=s3cr3t", "s3cr3t"),
        ('MAIL_PASSWORD="s3 cr3t"', "s3 cr3t"),
        ("export MAIL_PASSWORD='s3cr3t'  ", "s3cr3t"),
        ("MAIL_PASSWORD = s3cr3t # the old one", "s3cr3t"),
        ("MAIL_PASSWORD: s3cr3t\r", "s3cr3t"),
    ],
)
def test_of_env_files(read, line, value):
    assert read(env=f"TZ=UTC\n{line}\nX=1\n") == {"MAIL_PASSWORD": value}


@pytest.mark.parametrize(
    "text", ["TZ=UTC", "# MAIL_PASSWORD=x", "MAIL_PASSWORD=", "MAIL_PASSWORD_FILE=/x", ""]
)
def test_other_lines(read, text):
    assert read(env=text) == {}


@pytest.mark.parametrize(
    "use", ["${MAIL_PASSWORD}", "$MAIL_PASSWORD", "${MAIL_PASSWORD:?set it}", "$$${MAIL_PASSWORD}"]
)
def test_of_the_shell_where_a_definition_mentions_them(read, use):
    assert read(f"a: {use}", MAIL_PASSWORD="s3cr3t", TZ="UTC") == {"MAIL_PASSWORD": "s3cr3t"}
    assert read("a: b", MAIL_PASSWORD="s3cr3t") == {}
    assert read("a: $${MAIL_PASSWORD}", MAIL_PASSWORD="s3cr3t") == {}
    assert read(f"a: {use} ${{TZ}}", TZ="UTC") == {}


def test_files_that_cannot_be_read_are_no_error(tmp_path):
    assert secret_values([tmp_path / "no"], [tmp_path, tmp_path / "no\0"], {}) == {}
