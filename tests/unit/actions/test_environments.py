"""Environments are read by their names in parity.toml, or by what a user writes for one."""

import json

import pytest

from parity.actions import environments
from parity.actions.environments import read_environment, read_for_comparison
from parity.engine import inspect
from parity.errors import DefinitionError, ParityError, UsageError
from parity.model.project import EnvironmentTable, Project, SecretTable
from parity.paths import ProjectPaths

COMPOSE = "services:\n  web:\n    image: web:${TAG:-1}\n    environment: {PW: '${PW:-x}'}\n"
TASK = {"family": "shop", "containerDefinitions": [{"name": "web", "image": "web:1"}]}


@pytest.fixture
def root(tmp_path, monkeypatch):
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / "part.yaml").write_text("services:\n  web:\n    environment: {A: b}\n")
    (tmp_path / "task.json").write_text(json.dumps(TASK))
    (tmp_path / "prod.env").write_text("TAG=7\n")
    (tmp_path / "app.conf").write_text("size = 5\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def read(root):
    def of(**table):
        project = Project(
            environments={"prod": EnvironmentTable(**table)}, secrets={"PW": SecretTable()}
        )
        return read_environment(ProjectPaths(root), project, "prod").result()

    return of


@pytest.fixture
def compare(root):
    project = Project(environments={"prod": EnvironmentTable(files=("compose.yaml",))})
    return lambda word: read_for_comparison(ProjectPaths(root), project, word).result()


def test_an_environment_is_read_as_its_table_says(read):
    found = read(files=("compose.yaml",), env_files=("prod.env",))
    assert (found.name, found.source) == ("prod", "compose")
    assert found.services["web"]["image"] == "web:7"
    assert read(source="ecs", files=("task.json",)).services["web"]["image"] == "web:1"
    assert read(source="dotenv", files=("prod.env",), consumer="docker").source == "dotenv"


def test_declared_secrets_are_references_before_a_source_sees_them(read):
    assert read().services["web"]["environment"]["PW"] == "${secret:PW}"


def test_only_comparisons_read_parts(read, compare):
    with pytest.raises(DefinitionError):
        read(files=("part.yaml",))
    found = compare("part.yaml")
    assert found.services["web"]["environment"] == {"A": "b"}
    assert [loss.path for loss in found.losses] == ["services"]


def test_an_engine_is_asked_where_a_table_says_so(read, monkeypatch):
    asked = []
    monkeypatch.setattr(inspect, "records", lambda *names: asked.append(names) or [])
    assert read(source="docker", context="far", project="shop").services == {}
    assert asked == [("far", "shop")]


@pytest.mark.parametrize(
    ("word", "name", "source"),
    [
        ("prod", "prod", "compose"),
        ("compose.yaml", "compose.yaml", "compose"),
        ("task.json", "task.json", "ecs"),
        ("ecs:task.json", "task.json", "ecs"),
        ("compose:compose.yaml,part.yaml", "compose.yaml", "compose"),
        ("dotenv:prod.env", "prod.env", "dotenv"),
    ],
)
def test_a_word_is_an_environment_a_file_or_a_source_with_files(compare, word, name, source):
    found = compare(word)
    assert (found.name, found.source) == (name, source)


@pytest.mark.parametrize(
    ("word", "asked"), [("docker:shop", ("", "shop")), ("docker:far@shop", ("far", "shop"))]
)
def test_a_live_source_is_named_with_its_project_and_place(compare, monkeypatch, word, asked):
    seen = []
    monkeypatch.setattr(inspect, "records", lambda *names: seen.append(names) or [])
    compare(word)
    assert seen == [asked]


def test_a_comparison_has_the_contents_of_configuration_files(compare, root):
    text = "services: {a: {image: a, volumes: ['./app.conf:/etc/app.conf:ro']}}\n"
    (root / "compose.yaml").write_text(text)
    (mount,) = compare("prod").services["a"]["volumes"]
    assert mount["x-content"] == "size = 5\n"


@pytest.mark.parametrize(
    ("word", "said"),
    [("prot", "did you mean `prod`"), ("nothing-like-it", "environments: prod"), ("app.conf", "SOURCE:app.conf"),
     ("compose:gone.yaml", "parity.toml"), ("ecs:", "")],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_what_can(compare, word, said):
    with pytest.raises(ParityError) as caught:
        compare(word)
    assert isinstance(caught.value, UsageError)
    assert said in caught.value.next_step


def test_the_engine_is_asked_through_one_door(monkeypatch):
    monkeypatch.setattr(inspect, "records", lambda context, project: [(context, project)])
    assert environments._inspect("far", "shop") == [("far", "shop")]


@pytest.mark.parametrize("word", ["a" * 5000, "a\0b", "compose:" + "a" * 5000])
def test_a_name_that_no_file_can_have_is_no_accident(compare, word):
    with pytest.raises(ParityError):
        compare(word)


def test_a_folder_stands_for_the_compose_file_in_it_and_names_are_told_apart(root, monkeypatch):
    from parity.actions.diff import diff
    from parity.actions.diff_request import DiffRequest
    from parity.model.progress import silent

    for name, size in (("one", 1), ("two", 2)):
        (root / name).mkdir()
        (root / name / "compose.yaml").write_text(f"services: {{web: {{image: 'web:{size}'}}}}\n")
    for words in (("one", "two"), ("one/compose.yaml", "two/compose.yaml"), ("compose:one", "two")):
        report = diff(ProjectPaths(root), Project(), DiffRequest(*words), silent)
        assert report.left.name != report.right.name
        (place, *_) = report.findings[0].places
        assert "one/compose.yaml" in str(place.left_origin)
        assert "two/compose.yaml" in str(place.right_origin)


def test_who_reads_nothing_loads_no_notation():
    """A check of what has not changed starts with this module."""
    import subprocess
    import sys

    code = "import parity.actions.environments, sys; print('parity.sources.compose' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
