"""What Tab offers."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from parity.cli import completion

TOML = "[environments.dev]\n[environments.prod]\n[environments.preprod]\n"


@pytest.fixture
def context(tmp_path):
    (tmp_path / "parity.toml").write_text(TOML)
    root = SimpleNamespace(params={"directory": tmp_path})
    return SimpleNamespace(find_root=lambda: root)


def test_environments_of_the_project_and_the_local_stack(context):
    assert completion.environments(context, "") == ["dev", "prod", "preprod", "local"]
    assert completion.environments(context, "pr") == ["prod", "preprod"]
    assert completion.own_environments(context, "l") == []


@pytest.mark.parametrize("text", ["[[", "a = 1", "environments = 3", b"\xff"])
def test_what_cannot_be_read_offers_nothing(context, tmp_path, text):
    content = text if isinstance(text, bytes) else text.encode()
    (tmp_path / "parity.toml").write_bytes(content)
    assert completion.own_environments(context, "") == []
    (tmp_path / "parity.toml").unlink()
    assert completion.own_environments(context, "") == []


def test_rules_by_id_and_by_name():
    assert ("EN001", "environment.boolean-as-text") in completion.rules("EN")
    assert all(row[0].startswith("EN") for row in completion.rules("EN"))
    assert [row[0] for row in completion.rules("en003")] == ["EN003"]
    assert all(row[0].startswith("environment.") for row in completion.rules("environment."))
    assert completion.rules("ZZ") == []


def test_nothing_heavy_is_imported_for_it():
    code = (
        "import sys, parity.cli.completion; print([m for m in sys.modules if 'parity.rules' in m])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
