"""The recipes for CI servers: valid by the servers' own schemas, and made of commands that exist."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main
import yaml

from parity.cli.main import app
from scripts.lib.paths import ROOT

FOLDER = ROOT / "docs" / "ci"
SCHEMAS = {
    "github.yml": ["vendor.github-workflows"],
    "gitlab.yml": ["vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
}
PAGES = [ROOT / "docs" / name for name in ("ci.md", "check.md")]
FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
CALL = re.compile(r"^\s*(?:- |\$ |run: |- run: )*(parity [^#\n]*)", re.MULTILINE)


def calls(text):
    """What is called in lines like `- run: parity check >> file`."""
    for line in CALL.findall(text):
        words = shlex.split(line.split(">>")[0])
        yield words[1:]


def of_pages():
    return [
        (page.name, call)
        for page in PAGES
        for block in FENCE.findall(page.read_text())
        for call in calls(block)
    ]


def of_recipes():
    return [(name, call) for name in SCHEMAS for call in calls((FOLDER / name).read_text())]


def test_every_recipe_is_checked():
    assert {file.name for file in FOLDER.iterdir()} == set(SCHEMAS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_recipe_is_what_its_server_reads(name):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "check_jsonschema",
            "--builtin-schema",
            *SCHEMAS[name],
            FOLDER / name,
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("place", "words"), [*of_pages(), *of_recipes()])
def test_each_call_is_one_of_the_command_line(place, words):
    command, context = typer.main.get_command(app), None
    while hasattr(command, "commands"):
        context = command.make_context("parity", list(words), parent=context)
        words = [*context._protected_args, *context.args]
        command = command.commands[words.pop(0)]
    if "{0}" not in words:
        command.make_context(command.name, list(words), parent=context)


def test_the_calls_were_found():
    assert {words[0] for _, words in of_recipes()} >= {"check", "up", "test", "lock", "down"}
    assert {words[0] for _, words in of_pages()} >= {"check", "hook", "accept"}


@pytest.mark.parametrize(
    ("name", "report"), [("github.yml", "parity.sarif"), ("gitlab.yml", "parity.xml")]
)
def test_the_report_that_is_uploaded_is_the_one_that_is_written(name, report, project):
    """With findings, too: the job is red, and its report is there."""
    text = (FOLDER / name).read_text()
    assert report in yaml.safe_dump(yaml.safe_load(text)).replace(f"--output {report}", "")
    (line,) = {found.strip() for found in CALL.findall(text) if f"--output {report}" in found}
    toml = "".join(f'[environments.{side}]\nfiles = ["{side}.yaml"]\n' for side in ("dev", "prod"))
    one = "services: {web: {image: 'web:1', environment: {A: '%s'}}}\n"
    folder = project("", toml, **{"dev.yaml": one % "https://x ", "prod.yaml": one % "https://x"})
    bin_folder = str(Path(sys.executable).parent)
    env = {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(["sh", "-ec", line], cwd=folder, env=env, capture_output=True, timeout=60)
    assert done.returncode == 1, done.stderr
    assert "DF002" in (folder / report).read_text()
