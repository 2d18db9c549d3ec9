"""Env files and variables for a first parity.toml."""

import pytest

from parity.actions.init_variables import ANY, env_files, head, open_variables, without_value
from parity.actions.orchestrated import Definition

OPEN = "services: {web: {image: 'a:${TAG}', environment: {P: '${DB_PASSWORD:?}'}}}\n"


@pytest.fixture
def repository(tmp_path):
    def make(text=OPEN, name="prod", **others):
        (tmp_path / "compose.yaml").write_text(text)
        for file, content in others.items():
            (tmp_path / file).write_text(content)
        files = (tmp_path / "compose.yaml",)
        one = Definition(name, "compose", files, files)
        return tmp_path, one

    return make


@pytest.mark.parametrize(
    ("name", "there", "taken"),
    [
        ("prod", [], []),
        ("prod", [".env"], []),
        ("prod", [".env.production"], [".env.production"]),
        ("prod", [".env.staging"], []),
        ("prod", [".env.example"], [".env.example"]),
        ("prod", ["example.env"], ["example.env"]),
        ("prod", ["env.template"], ["env.template"]),
        ("prod", [".env", ".env.example"], []),
        ("prod", [".env.example", ".env.prod.example"], [".env.prod.example"]),
        ("dev", [".env.example", ".env.dev-sample", ".env.prod-sample"], [".env.dev-sample"]),
        ("staging", [".env.dist"], [".env.dist"]),
    ],
)
def test_values_are_looked_for_in_files_of_usual_names(repository, name, there, taken):
    root, one = repository(name=name, **dict.fromkeys(there, "OTHER=1\n"))
    assert [file.name for file in env_files(root, one)] == taken


def test_an_example_is_taken_only_where_something_has_no_value(repository):
    text = (
        "services: {web: {image: 'a:${TAG:-1}', environment: {P: '${DB_PASSWORD:?}', H: $HOME}}}\n"
    )
    root, one = repository(text, **{".env.example": "TAG=2\n"})
    assert env_files(root, one) == ()


def test_the_usual_file_is_named_where_another_one_leaves_something_open(repository):
    root, one = repository(**{".env": "TAG=1\n", "prod.env": "A=1\n"})
    assert [file.name for file in env_files(root, one)] == [".env", "prod.env"]
    (root / "prod.env").write_text("TAG=2\n")
    assert [file.name for file in env_files(root, one)] == ["prod.env"]


def test_a_blank_value_of_an_example_is_none(repository):
    root, one = repository(**{".env.example": "TAG=1\nDB_PASSWORD=\n"})
    chosen = Definition(one.name, one.source, one.files, one.used, "", env_files(root, one))
    assert open_variables(chosen, ANY) == ["DB_PASSWORD"]


def test_comments_and_the_shell_s_own_are_not_open(repository):
    _, one = repository("# ${COMMENTED}\nservices: {web: {image: a, volumes: ['${PWD}:/x']}}\n")
    assert open_variables(one, ANY) == []


def test_what_is_required_and_has_no_value_is_told(repository):
    text = "services: {a: {image: '${TAG:?}', command: '${DB_PASSWORD:?} ${A} ${B:-b}'}}"
    root, one = repository(text)
    assert without_value([one]) == ["TAG"]
    (root / ".env.production").write_text("TAG=1\n")
    with_it = Definition(one.name, one.source, one.files, one.used, "", env_files(root, one))
    assert without_value([with_it]) == without_value([]) == []
    assert without_value([Definition("prod", "swarm", one.files, one.used)]) == []


def test_what_cannot_be_read_has_no_text(tmp_path):
    (tmp_path / "large").write_bytes(b" " * (2 * 1024**2 + 1))
    assert head(tmp_path / "large") == head(tmp_path / "missing") == ""
