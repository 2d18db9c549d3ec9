"""Each consumer of env files is followed to the letter, checked against what they really read."""

import json
from pathlib import Path

import pytest

from parity.errors import DefinitionError
from parity.sources.dotenv_readers import by_compose, by_docker, by_python

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus"
ERROR = "error"
READERS = {"compose": by_compose, "docker_raw": by_docker, "python_dotenv": by_python}


@pytest.fixture
def read(tmp_path, monkeypatch):
    monkeypatch.setenv("HOST", "from the host")

    def all_of(text, given=None):
        (tmp_path / "a.env").write_bytes(text.encode())
        found = []
        for reader in READERS.values():
            try:
                found.append(reader([tmp_path / "a.env"], given or {}).get("A"))
            except DefinitionError as error:
                assert error.where == f"{tmp_path}/a.env:1"
                found.append(ERROR)
        return tuple(found)

    return all_of


@pytest.mark.parametrize(
    ("text", "read_as"),
    [
        ('A="x y"', ("x y", '"x y"', "x y")),
        ("A=x # c", ("x", "x # c", "x")),
        ("A=#x", ("#x", "#x", "#x")),
        ("export A=x", ("x", ERROR, "x")),
        ("A = x", ("x", ERROR, "x")),
        ("A: x", ("x", ERROR, None)),
        ("B=1\nA=$B", ("1", "$B", "$B")),
        ("B=1\nA=${B}", ("1", "${B}", "1")),
        ("A=${HOST}", ("from the host", "${HOST}", "from the host")),
        ("A=a$$b", ("a$b", "a$$b", "a$$b")),
        ('A="a\\nb"', ("a\nb", '"a\\nb"', "a\nb")),
        ('A="a\nb"', ("a\nb", ERROR, "a\nb")),
        ("A", (None, None, None)),
        ("HOST\nA=1", ("1", "1", "1")),
        ('A="x', (ERROR, '"x', None)),
        ("\ufeffA=1", ("1", "1", "1")),
        ("A=1\r\n", ("1", "1", "1")),
        ("A=1 \n", ("1", "1 ", "1")),
        ("A=1\nA=2\n", ("2", "2", "2")),
        ("=x", (None, ERROR, None)),
        ("# A=1\n\n", (None, None, None)),
    ],
)
def test_what_each_consumer_reads(read, text, read_as):
    if text == 'A="a\nb"':
        read_as = (read_as[0], '"a', read_as[2])  # the second line is a variable without a value
    assert read(text) == read_as


def test_a_name_alone_takes_the_hosts_value_and_given_ones_win(tmp_path, monkeypatch):
    monkeypatch.setenv("ALONE", "host")
    file = tmp_path / "a.env"
    file.write_text("ALONE\n")
    for reader in (by_compose, by_docker):
        assert reader([file], {}) == {"ALONE": "host"}
        assert reader([file], {"ALONE": "${secret:ALONE}"}) == {"ALONE": "${secret:ALONE}"}


def test_later_files_win(tmp_path):
    (tmp_path / "a.env").write_text("A=1\nB=1\n")
    (tmp_path / "b$.env").write_text("B=2\n")
    for reader in READERS.values():
        assert reader([tmp_path / "a.env", tmp_path / "b$.env"], {}) == {"A": "1", "B": "2"}


def test_a_line_beyond_dockers_limit(tmp_path):
    (tmp_path / "a.env").write_text("B=1\nA=" + "x" * 70000)
    with pytest.raises(DefinitionError) as caught:
        by_docker([tmp_path / "a.env"], {})
    assert caught.value.where.endswith("a.env:2")
    assert "65536 bytes" in caught.value.message


@pytest.mark.parametrize("text", ["A='CANARY", "CANARY x\n", "A=${X:?CANARY", "CAN ARY=CANARY\n"])
def test_no_refusal_quotes_a_value(tmp_path, text):
    file = tmp_path / "secrets"
    file.write_text(text)
    for reader in (by_compose, by_docker):
        try:
            reader([file], {})
        except DefinitionError as error:
            assert "CANARY" not in f"{error.message} {error.where} {error.detail}"
            assert error.where.startswith(str(file))


def answers():
    folder = CORPUS / "oracle" / "dotenv"
    suffix = ".parsers.json"
    for file in sorted(path for path in folder.rglob("*") if path.name.endswith(suffix)):
        yield CORPUS / "dotenv" / str(file.relative_to(folder)).removesuffix(suffix), file


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus of real definitions is not here")
@pytest.mark.parametrize("key", ["docker_raw", "python_dotenv"])
def test_the_corpus_is_read_as_the_consumers_read_it(monkeypatch, key):
    for name in ("HOST", "USER"):
        monkeypatch.delenv(name, raising=False)
    compared = 0
    for file, oracle in answers():
        wanted = json.loads(oracle.read_text())[key]
        try:
            found = READERS[key]([file], {})
        except DefinitionError:
            found = {"__error__": ""}
        if "__error__" in wanted:
            assert "__error__" in found, file
        else:
            assert found == {k: v for k, v in wanted.items() if v is not None}, file
        compared += 1
    assert compared >= 80
