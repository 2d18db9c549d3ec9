"""The project that `parity demo` plays with."""

import pytest
import yaml

from parity.actions import demo_files
from parity.actions.demo_files import LINES, STATE, find_shop, lay_out
from parity.config.load import load
from parity.errors import UsageError
from parity.paths import ProjectPaths

SHOP = """\
# The shop.
[project]
name = "shop"

[environments.prod]
files = ["../../compose/shop/compose.yaml"]

[environments.dev]
source = "kubernetes"
files = ["kubernetes"]

[local]
environment = "prod"
[local.host-files]
"/etc/x" = "../../compose/shop/x"

[secrets]
db_password = { length = 32 }

[state]
default = "seeded"

[states.seeded]
steps = []
"""


@pytest.fixture
def checkout(tmp_path):
    root = tmp_path / "checkout"
    for file, text in {
        "stacks/shop/parity.toml": SHOP,
        "stacks/shop/parity.lock": "# lock\n",
        "compose/shop/compose.yaml": "services: {cache: {image: a}}\n",
        "compose/shop/prod.env": "A=1\n",
    }.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text)
    return root


def test_the_shop_is_found_from_anywhere_in_its_checkout(checkout, tmp_path):
    assert find_shop(checkout / "stacks") == checkout
    assert find_shop(tmp_path, checkout) == checkout
    assert find_shop(tmp_path) is None


def test_the_shop_is_copied_with_a_laptop_s_drift_beside_it(checkout, tmp_path):
    lay_out(tmp_path / "demo", checkout)
    project = load(ProjectPaths(tmp_path / "demo"))
    assert project.environments["prod"].files == ("compose/compose.yaml",)
    dev = project.environments["dev"]
    assert (dev.source, dev.files) == ("compose", ("compose/compose.yaml", "laptop.yaml"))
    assert dev.env_files == ("compose/prod.env",)
    assert project.check.compare == ("dev", "prod")
    assert (dict(project.states), "db_password" in project.secrets) == ({}, True)
    assert (tmp_path / "demo/parity.lock").read_text() == "# lock\n"
    assert "noeviction" not in (tmp_path / "demo/compose/compose.yaml").read_text()
    assert (checkout / "stacks/shop/parity.toml").read_text() == SHOP


def test_without_a_checkout_the_stack_is_of_public_images(tmp_path):
    lay_out(tmp_path / "demo", None)
    project = load(ProjectPaths(tmp_path / "demo"))
    prod = yaml.safe_load((tmp_path / "demo/compose/compose.yaml").read_text())["services"]
    laptop = yaml.safe_load((tmp_path / "demo/laptop.yaml").read_text())["services"]
    assert project.environments["dev"].env_files == ()
    differ = [
        (ours, theirs)
        for ours, theirs in zip(prod["cache"]["command"], laptop["cache"]["command"], strict=True)
        if ours != theirs
    ]
    assert differ == [("allkeys-lru", "noeviction")]


def test_projects_of_two_folders_have_states_of_their_own(tmp_path):
    lay_out(tmp_path / "a", None)
    lay_out(tmp_path / "b", None)
    names = {load(ProjectPaths(tmp_path / name)).project.name for name in "ab"}
    assert len(names) == 2


def test_its_tests_speak_of_what_the_story_makes(tmp_path):
    lay_out(tmp_path / "demo", None)
    text = (tmp_path / "demo/tests/test_orders.py").read_text()
    compile(text, "test_orders.py", "exec")
    assert f'"{LINES}"' in text
    assert f"`{STATE}`" in text


def test_a_folder_that_cannot_be_made_is_told(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot make"):
        demo_files.lay_out(tmp_path / "file", None)
