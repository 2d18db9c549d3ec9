"""What would break a Dockerfile or a mount is told with its line before anything is written."""

import pytest

from parity.config.load import load
from parity.errors import ConfigError
from parity.paths import ProjectPaths

HEAD = '[environments.prod]\nfiles = ["compose.yaml"]\n\n[devcontainer]\nservice = "web"\n'


def loaded(tmp_path, text):
    (tmp_path / "parity.toml").write_text(HEAD + text)
    return load(ProjectPaths(tmp_path)).devcontainer


@pytest.mark.parametrize(
    "text",
    [
        "",
        'user = "dev-1"',
        "tools = []",
        'tools = ["git", "libstdc++", "python3.11=3.11.2-6+deb12u6"]',
        'workspace = "/workspaces/shop"',
        'code = { src = "/app/src" }',
    ],
)
def test_what_is_right_is_read(tmp_path, text):
    assert loaded(tmp_path, text).service == "web"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('user = ""', "no name of an account"),
        ('user = "me; rm -rf /"', "no name of an account"),
        ('user = "Dev"', "no name of an account"),
        ('tools = ["git", "-y"]', "no name of a package"),
        ('tools = ["a b"]', "no name of a package"),
        ('tools = ["$(id)"]', "no name of a package"),
        ('workspace = "work"', "no folder of a container"),
        ('workspace = "/"', "no folder of a container"),
        ('code = { src = "../app" }', "no folder of a container"),
        ('code = { src = "/app/../etc" }', "no folder of a container"),
        ('shutdown = "stop"', '`devcontainer.shutdown` is the text "stop"'),
        ('tool = ["git"]', "unknown key `devcontainer.tool`"),
    ],
)
def test_what_is_wrong_has_its_line(tmp_path, text, said):
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    assert said in caught.value.message
    assert caught.value.where.endswith("parity.toml:6")
    assert caught.value.next_step
