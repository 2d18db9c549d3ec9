"""Definitions are read by Docker Compose; what is wrong with them is told with file and line."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from parity import compose_cli
from parity.errors import DefinitionError, ParityError
from parity.process import Completed
from parity.sources import compose
from parity.sources.contract import Request

DATA = Path(__file__).parent / "data"
GOOD = """\
services:
  web:
    image: web:1
    environment:
      PRICE: "5 $$"
      TAG: ${TAG:-none}
    depends_on: [db]
  db:
    image: db:1
    profiles: [live]
"""


@pytest.fixture
def read(tmp_path):
    def start(text=None, files=("compose.yaml",), **options):
        if text is not None:
            (tmp_path / "compose.yaml").write_text(text)
        return compose.start(Request("prod", tmp_path, files=files, **options)).result()

    return start


def refusal(read, *args, **options):
    with pytest.raises(DefinitionError) as caught:
        read(*args, **options)
    assert caught.value.next_step
    return caught.value


def test_a_definition_becomes_a_canonical_document(read, tmp_path):
    environment = read(GOOD, profiles=["live"])
    assert (environment.name, environment.source) == ("prod", "compose")
    assert environment.files == (str(tmp_path / "compose.yaml"),)
    assert set(environment.services) == {"web", "db"}
    assert environment.services["web"]["environment"] == {"PRICE": "5 $", "TAG": "none"}
    assert environment.services["web"]["depends_on"]["db"]["condition"] == "service_started"


def test_the_usual_file_is_found_by_itself(read, tmp_path):
    (tmp_path / "docker-compose.yml").write_text("services: {a: {image: a}}\n")
    assert set(read(files=()).services) == {"a"}
    (tmp_path / "compose.yaml").write_text("services: {b: {image: b}}\n")
    assert set(read(files=()).services) == {"b"}


def test_variables_win_over_the_shell_and_the_env_file(read, tmp_path, monkeypatch):
    (tmp_path / "prod.env").write_text("TAG=file\n")
    tag = lambda **o: read("services: {a: {image: 'a:${TAG}'}}", **o).services["a"]["image"]
    assert tag(env_files=["prod.env"]) == "a:file"
    monkeypatch.setenv("TAG", "shell")
    assert tag(env_files=["prod.env"]) == "a:shell"
    assert tag(env_files=["prod.env"], variables={"TAG": "declared"}) == "a:declared"


def test_a_reference_passes_through_compose_untouched(read):
    text = "services: {a: {image: a, environment: {URL: 'pg://${PW}@db'}}}"
    document = read(text, variables={"PW": "${secret:PW}"}).document
    assert document["services"]["a"]["environment"]["URL"] == "pg://${secret:PW}@db"


def test_missing_definitions_are_told(read, tmp_path):
    error = refusal(read, files=["nowhere.yaml"])
    assert str(tmp_path / "nowhere.yaml") in error.message
    assert "no Compose file in" in refusal(read, files=()).message
    (tmp_path / "folder").mkdir()
    assert "no such file" in refusal(read, files=["folder"]).message
    assert "no such file" in refusal(read, GOOD, env_files=["no.env"]).message
    assert "zero byte" in refusal(read, files=["a\0b"]).message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('services:\n  web:\n    image: "a\n', 4),
        ("services:\n  web:\n\timage: a\n", 3),
        ("services:\n  web: [\n", 3),
    ],
)
def test_malformed_yaml_has_file_and_line(read, tmp_path, text, line):
    error = refusal(read, text)
    file, _, found = error.where.rpartition(":")
    assert file == str(tmp_path / "compose.yaml")
    assert abs(int(found) - line) <= 1


def test_malformed_yaml_in_an_extended_file_names_that_file(read, tmp_path):
    (tmp_path / "base.yaml").write_text('services:\n  web:\n    image: "a\n')
    text = "services:\n  web:\n    extends: {file: base.yaml, service: web}\n"
    assert refusal(read, text).where == f"{tmp_path / 'base.yaml'}:3"


@pytest.mark.parametrize("reference", ["${DB_PW:?set it}", "${DB_PW?set it}"])
def test_a_variable_without_a_value_is_told_with_line_and_what_to_do(read, tmp_path, reference):
    error = refusal(read, f"services:\n  web:\n    image: a\n    command: {reference}\n")
    assert "DB_PW has no value (set it)" in error.message
    assert error.where == f"{tmp_path / 'compose.yaml'}:4"
    assert "[secrets]" in error.next_step
    assert "env-files" in error.next_step


def test_circles_are_told_as_circles(read, tmp_path):
    (tmp_path / "b.yaml").write_text(
        "services:\n  web:\n    extends: {file: compose.yaml, service: web}\n"
    )
    error = refusal(read, "services:\n  web:\n    extends: {file: b.yaml, service: web}\n")
    assert "Circular reference" in error.message
    (tmp_path / "b.yaml").write_text("include: [c.yaml]\n")
    (tmp_path / "c.yaml").write_text("include: [b.yaml]\n")
    assert "include cycle" in refusal(read, "include: [b.yaml]\n").message


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "5", "services: 5\n", "services: {web: {}}\n", "services: {web: {image: [a]}}\n",
        "services: {web: {image: a, depends_on: [no]}}\n", "servicess: {}\n", "\0", "a: &a [*a]\n",
        "services: {web: {image: a, networks: [no]}}\n", "services: {'w b': {image: a}}\n",
    ],
    ids=range(12),
)  # fmt: skip
def test_what_compose_refuses_is_a_definition_error(read, tmp_path, text):
    error = refusal(read, text)
    assert error.where.startswith(str(tmp_path))


def test_a_reason_that_speaks_of_the_environment_is_told_whole(read):
    error = refusal(read, "services:\n  a:\n    image: a\n    environment:\n      - DEBUG = 1\n")
    assert "DEBUG" in error.message
    assert "trailing space" in error.message


def test_a_file_of_no_sensible_size_is_not_read(read, monkeypatch):
    monkeypatch.setattr(compose, "MAX_BYTES", 100)
    error = refusal(read, "#" * 101)
    assert "compose.yaml" in error.where


@pytest.mark.parametrize("bomb", sorted(DATA.glob("bomb_*.yaml")), ids=lambda file: file.stem)
def test_aliases_of_aliases_end_within_the_limits(read, tmp_path, monkeypatch, bomb):
    monkeypatch.setattr(compose_cli, "READ_SECONDS", 1)
    monkeypatch.setattr(compose_cli, "READ_MEMORY", 1024**3)
    shutil.copy(bomb, tmp_path / "compose.yaml")
    error = refusal(read)
    assert str(tmp_path / "compose.yaml") in error.where


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (Completed((), 124, "", ""), "more than"),
        (Completed((), 2, "", "fatal error: runtime: out of memory\ngoroutine 1"), "memory"),
        (Completed((), 1, "", ""), "no reason"),
        (Completed((), 1, "", 'level=warning msg="x"\n\n'), "no reason"),
        (Completed((), 0, "", ""), "no document"),
        (Completed((), 0, "[1]", ""), "no document"),
        (Completed((), 0, "[" * 100000, ""), "no document"),
    ],
    ids=range(7),
)
def test_however_compose_ends_it_is_told_in_words(tmp_path, done, said):
    class Ended:
        def result(self, **_):
            return done

    file = tmp_path / "compose.yaml"
    with pytest.raises(DefinitionError) as caught:
        compose.ComposeReading("prod", (file,), Ended()).result()
    assert said in caught.value.message
    assert caught.value.where == str(file)


CANARY = "CANARY-5f3c9a"


@pytest.mark.parametrize(
    ("text", "env_file"),
    [
        (f'services: {{a: {{image: a, environment: {{PW: "{CANARY}${{"}}}}}}', ""),
        (f'services:\n  a:\n    image: a\n    environment:\n      PW: "x${{A:?{CANARY}"', ""),
        (f"services:\n  a:\n    image: a\n    environment:\n      PW: [{CANARY}]\n", ""),
        (f"services:\n  a:\n    image: a\n    environment: [[{CANARY}]]\n", ""),
        (f'services:\n  a:\n    image: a\n    environment:\n      PW: "{CANARY}\n', ""),
        (f"services:\n  a:\n    image: a\n    environment: PW={CANARY}\n", ""),
        (f"services:\n  a:\n    image: a\n    environment:\n      - PW = {CANARY}\n", ""),
        (f"services:\n  a:\n    image: a\n    environment:\n      - PW: {CANARY}\n", ""),
        ("services: {a: {image: a, env_file: e.env}}", f'A=1\nPW="{CANARY}\n'),
        ("services: {a: {image: a, env_file: e.env}}", f"A=1\nP W={CANARY}\n"),
        ("services: {a: {image: a, env_file: e.env}}", f"PW={CANARY}\n{CANARY}\n{CANARY} x\n"),
        ("services: {a: {image: a, env_file: e.env}}", f"PW='{CANARY}\n"),
        ("services: {a: {image: a, env_file: e.env}}", f"PW=${{X:?{CANARY}\n"),
        ("services: {a: {image: a, env_file: secrets}}", f"PW='{CANARY}\n"),
    ],
    ids=range(14),
)
def test_no_error_quotes_a_value(read, tmp_path, text, env_file):
    for name in ("e.env", "secrets"):
        (tmp_path / name).write_text(env_file)
    try:
        read(text)
    except DefinitionError as error:
        said = f"{error.message} {error.where} {error.detail} {error.next_step}"
        assert CANARY not in said


@given(st.data())
@limits(max_examples=8)
def test_a_mutated_definition_is_read_or_refused(tmp_path_factory, data):
    folder = tmp_path_factory.getbasetemp() / "mutated"
    folder.mkdir(exist_ok=True)
    text = GOOD
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text)))
        odd = data.draw(
            st.sampled_from(
                ["&a ", "*a", "!reset ", "${", "[", "{", "\t", "\n", "- ", ": ", '"', "\0", "é"]
            )
        )
        text = text[:at] + odd + text[at + data.draw(st.integers(0, 3)) :]
    (folder / "compose.yaml").write_text(text)
    try:
        compose.start(Request("prod", folder, files=["compose.yaml"])).result()
    except ParityError as error:
        assert error.exit_code == 2
        assert error.message
