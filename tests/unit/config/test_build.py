"""Records from a validated tree, without the validator."""

from parity.config.build import build
from parity.model.project import EnvironmentTable, Project, SecretTable


def test_tables_lists_and_templates_become_records():
    project = build(
        Project,
        {
            "environments": {"prod": {"files": ["a", "b"], "env-files": []}},
            "secrets": {"a": {"length": 3}, "b": "${secret:a}"},
            "local": {"override": [{"path": "p", "reason": "r", "value": [1, {"x": 2}]}]},
        },
    )
    assert project.environments["prod"] == EnvironmentTable(files=("a", "b"))
    assert project.secrets == {"a": SecretTable(length=3), "b": "${secret:a}"}
    assert project.local.override[0].value == [1, {"x": 2}]


def test_an_empty_tree_is_all_defaults():
    assert build(Project, {}) == Project()
