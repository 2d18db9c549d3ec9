"""Whose stack a command is about."""

import pytest

from parity.actions.session import local_environment, open_session, worktree_key
from parity.errors import UsageError
from parity.model.project import EnvironmentTable, LocalTable, Project, ProjectTable
from parity.paths import ProjectPaths


def named(tmp_path, project, **options):
    paths = ProjectPaths(tmp_path)
    return open_session(paths, Project(project=ProjectTable(project)), **options).identity.name


@pytest.mark.parametrize(
    ("project", "start"),
    [
        ("shop", "shop-"),
        ("My Shop!", "my-shop-"),
        ("---", "project-"),
        ("é", "project-"),
        ("x" * 90, "x" * 40 + "-"),
    ],
)
def test_a_stack_is_named_after_project_and_worktree(tmp_path, project, start):
    name = named(tmp_path, project)
    assert name.startswith(start)
    assert name.endswith(worktree_key(tmp_path))
    assert len(name) < 63


def test_two_worktrees_never_share_a_name_and_one_keeps_its_own(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert named(tmp_path / "a", "shop") != named(tmp_path, "shop")
    assert named(tmp_path / "a", "shop") == named(tmp_path / "link", "shop")


@pytest.mark.parametrize("name", ["Shop", "a b", "-a", "a/b", "é", "x" * 64, "../a", "$(a)"])
def test_names_that_an_engine_would_refuse_are_refused(tmp_path, name):
    with pytest.raises(UsageError, match="not a stack name"):
        named(tmp_path, "shop", name=name)


@pytest.mark.parametrize(
    ("names", "chosen", "found"),
    [
        (["prod", "staging"], "", "prod"),
        (["staging", "production"], "", "production"),
        (["live"], "", "live"),
        (["prod", "staging"], "staging", "staging"),
    ],
)
def test_the_environment_to_copy(names, chosen, found):
    project = Project(
        environments=dict.fromkeys(names, EnvironmentTable()), local=LocalTable(chosen)
    )
    assert local_environment(project) == found


def test_where_it_is_not_clear_the_user_is_asked():
    with pytest.raises(UsageError, match="which environment is production") as caught:
        local_environment(Project(environments=dict.fromkeys("ab", EnvironmentTable())))
    assert "[local] environment" in caught.value.next_step
    with pytest.raises(UsageError, match="names no environment") as caught:
        local_environment(Project())
    assert "[environments.prod]" in caught.value.next_step


def environments(**local):
    tables = {name: EnvironmentTable() for name in ("prod", "kubernetes")}
    return Project(project=ProjectTable("shop"), environments=tables, local=LocalTable(**local))


def test_another_environment_has_a_stack_of_its_own(tmp_path):
    paths, project = ProjectPaths(tmp_path), environments()
    usual = open_session(paths, project)
    other = open_session(paths, project, environment="kubernetes")
    assert (usual.environment_name, other.environment_name) == ("prod", "kubernetes")
    assert other.identity.name == f"{usual.identity.name}-kubernetes"
    assert open_session(paths, project, environment="kubernetes", name="x").identity.name == "x"


def test_the_usual_environment_by_name_is_the_usual_stack(tmp_path):
    paths = ProjectPaths(tmp_path)
    for project, name in (
        (environments(), "prod"),
        (environments(environment="kubernetes"), "kubernetes"),
    ):
        usual = open_session(paths, project).identity
        assert open_session(paths, project, environment=name).identity == usual


def test_an_unknown_environment_is_refused_with_those_known(tmp_path):
    with pytest.raises(UsageError, match="no environment `k8s`") as caught:
        open_session(ProjectPaths(tmp_path), environments(), environment="k8s")
    assert "kubernetes" in caught.value.next_step
