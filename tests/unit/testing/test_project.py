import pytest

from parity.actions.session import open_session
from parity.errors import UsageError
from parity.testing.project import OwnPaths, Wanted, find, own_session

COMPOSE = "services:\n  web:\n    image: example/web:1\n"


def test_a_folder_with_parity_toml_is_that_project(project):
    root = project(COMPOSE)
    below = root / "tests" / "integration"
    below.mkdir(parents=True)
    for folder in (root, below):
        found = find(Wanted(folder))
        assert (found.paths.root, found.bare) == (root, False)
        assert found.project.environments["prod"].files == ("compose.yaml",)


def test_a_nearer_compose_file_is_run_as_it_is(project):
    root = project(COMPOSE)
    inner = root / "tests"
    inner.mkdir()
    (inner / "docker-compose.yml").write_text(COMPOSE)
    found = find(Wanted(inner))
    assert (found.paths.root, found.bare) == (inner, True)
    assert found.project.environments["prod"].files == (str(inner / "docker-compose.yml"),)


def test_an_override_file_belongs_to_it_as_for_docker_compose(tmp_path):
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / "compose.override.yml").write_text(COMPOSE)
    (tmp_path / "docker-compose.override.yml").write_text(COMPOSE)
    files = find(Wanted(tmp_path)).project.environments["prod"].files
    assert files == (str(tmp_path / "compose.yaml"), str(tmp_path / "compose.override.yml"))


def test_named_files_are_relative_to_the_folder(tmp_path):
    wanted = Wanted(tmp_path, files=("a.yml", "b.yml"), env_files=("t.env",), profiles=("p",))
    found = find(wanted)
    table = found.project.environments["prod"]
    assert table.files == (str(tmp_path / "a.yml"), str(tmp_path / "b.yml"))
    assert table.env_files == (str(tmp_path / "t.env"),)
    assert table.profiles == ("p",)
    assert found.bare


def test_named_files_of_a_folder_with_parity_toml_keep_what_it_says(project):
    root = project(
        COMPOSE, toml='[environments.prod]\nfiles = ["compose.yaml"]\n[secrets]\nX = {}\n'
    )
    found = find(Wanted(root, files=("other.yml",)))
    assert not found.bare
    assert found.project.environments["prod"].files == (str(root / "other.yml"),)
    assert "X" in found.project.secrets


def test_another_environment(project):
    toml = '[environments.prod]\nfiles=["compose.yaml"]\n[environments.staging]\nfiles=["s.yaml"]\n'
    root = project(COMPOSE, toml=toml)
    found = find(Wanted(root, environment="staging"))
    session = open_session(found.paths, found.project)
    assert session.environment_name == "staging"
    assert session.environment.files == ("s.yaml",)
    with pytest.raises(UsageError, match="no environment `nope`"):
        find(Wanted(root, environment="nope"))


def test_a_folder_without_anything_says_so(tmp_path):
    with pytest.raises(UsageError, match=r"neither parity\.toml nor a Compose file"):
        find(Wanted(tmp_path))
    with pytest.raises(UsageError, match="no such folder"):
        find(Wanted(tmp_path / "nowhere"))


def test_a_stack_for_tests_is_neither_the_developers_nor_another_ones(project):
    root = project(COMPOSE)
    found = find(Wanted(root))
    usual = open_session(found.paths, found.project).identity.name
    first, number = own_session(found, Wanted(root))
    again, _ = own_session(found, Wanted(root))
    other, _ = own_session(found, Wanted(root, services=("web",)))
    assert first.identity.name == again.identity.name == f"{usual}-t{number}"
    assert other.identity.name not in (usual, first.identity.name)


def test_its_lock_is_not_the_committed_one(project):
    root = project(COMPOSE)
    session, _ = own_session(find(Wanted(root)), Wanted(root))
    assert isinstance(session.paths, OwnPaths)
    assert session.paths.lock.parent == session.files.folder
    assert session.paths.config == root / "parity.toml"
