"""The documents are true: generated pages fit the code, snippets work."""

import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest
from typer.testing import CliRunner

from parity.cli.main import app
from parity.config.load import validate
from scripts.lib import docs, docs_cli, docs_overrides, docs_picture
from scripts.lib.paths import ROOT

DOCS = ROOT / "docs"
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES += sorted(DOCS.rglob("*.md"))
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
COUNTED = re.compile(r"\d+ (findings|errors|warnings|infos|expected)")
INLINE = re.compile(r"(?<!`)`(parity [^`\n]+)`(?!`)")


def name(file):
    return str(file.relative_to(ROOT))


def blocks(file, *languages):
    text = file.read_text(encoding="utf-8")
    return [body for language, body in FENCE.findall(text) if language in languages]


# Generated pages


def test_generated_pages_are_what_the_code_says(capsys):
    assert docs.main(["--check"]) == 0, capsys.readouterr().err


def test_a_stale_page_is_named_with_its_remedy(tmp_path, capsys):
    folder = shutil.copytree(DOCS, tmp_path / "docs")
    (folder / "commands" / "up.md").write_text("out of date\n")
    (folder / "commands" / "gone.md").write_text("a verb of the past\n")
    assert docs.main(["--check", "--docs", str(folder)]) == 1
    said = capsys.readouterr().err
    assert "docs/commands/up.md is not what the code says" in said
    assert "docs/commands/gone.md" in said
    assert docs.REMEDY in said


def test_writing_mends_what_checking_found(tmp_path, capsys):
    folder = shutil.copytree(DOCS, tmp_path / "docs")
    (folder / "errors.md").unlink()
    (folder / "commands" / "gone.md").write_text("a verb of the past\n")
    assert docs.main(["--docs", str(folder)]) == 0
    assert docs.main(["--check", "--docs", str(folder)]) == 0
    assert not (folder / "commands" / "gone.md").exists()
    assert "docs/errors.md" in capsys.readouterr().out


@pytest.mark.parametrize("columns", ["20", "300"])
def test_pages_do_not_depend_on_the_terminal(monkeypatch, columns):
    before = docs.pages(DOCS)
    monkeypatch.setenv("COLUMNS", columns)
    monkeypatch.setenv("TERMINAL_WIDTH", columns)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert docs.pages(DOCS) == before


def test_every_command_has_help_an_example_and_help_for_each_option():
    for verb, command in docs_cli.commands().items():
        assert docs_cli.summary(command), verb
        assert (DOCS / "examples" / f"{verb}.md").is_file(), verb
        undocumented = [p.name for p in command.params if not p.help]
        assert undocumented == [], verb


def test_examples_belong_to_commands():
    stems = {file.stem for file in (DOCS / "examples").glob("*.md")}
    assert stems == set(docs_cli.commands())


# The reasons of overrides

SOURCE = """
_CONSTANT = "a constant"
_OTHER = "other"

def apply(draft, context):
    draft.rewrite(path, 1, "plain")
    draft.rewrite(path, 1, _CONSTANT)
    draft.rewrite(path, 1, f"production runs {n}")
    reason = "by name" if n else _OTHER
    draft.rewrite(path, 1, reason)
    draft.add(path, "no reason here")

def helper():
    return None, "returned"
"""


def test_reasons_are_read_in_every_form():
    found = set(docs_overrides.reasons(SOURCE))
    expected = {"plain", "a constant", "production runs …", "by name", "other", "returned"}
    assert found == expected


def test_what_gives_no_reason_has_none():
    assert list(docs_overrides.reasons("def apply(draft, context):\n    return len('x')\n")) == []


# The picture


def test_a_picture_shows_what_was_printed_and_fetches_nothing():
    text = docs_picture.svg([("parity ps", "SERVICE  STATE\n\x1b[32mweb\x1b[0m      running")])
    assert "parity&#160;ps" in text
    assert "web" in text
    assert "\x1b" not in text
    assert set(re.findall(r"https?://[^\"'\s)]+", text)) == {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("picture", [docs_picture.UP, docs_picture.DIFF], ids=lambda one: one.name)
def test_the_committed_picture_is_one_of_these(picture):
    text = picture.file.read_text(encoding="utf-8")
    assert picture.title.replace("'", "&#x27;") in text or picture.title in text
    for command in picture.shown:
        shown = command.replace(" ", "&#160;")
        assert shown in text
    assert "OPEN" not in text


# Snippets, names


@pytest.mark.parametrize("file", PAGES, ids=name)
def test_toml_snippets_are_good_configuration(file):
    for text in blocks(file, "toml"):
        validate(tomllib.loads(text), text=text, file=file)


def test_the_complete_example_has_every_key():
    file = DOCS / "examples" / "parity.toml"
    text = file.read_text(encoding="utf-8")
    validate(tomllib.loads(text), text=text, file=file)
    reference = (DOCS / "parity-toml.md").read_text(encoding="utf-8")
    keys = re.findall(r"^\| `([\w-]+)` \|", reference, re.MULTILINE)
    assert len(keys) > 25
    written = r"(?m)(^|[{{,] ?){0} =|^\[[\w.-]*\b{0}\]$"
    missing = [key for key in keys if not re.search(written.format(re.escape(key)), text)]
    assert missing == []


def calls(file):
    """The arguments of each call of parity that a page shows."""
    lines = INLINE.findall(file.read_text(encoding="utf-8"))
    for body in blocks(file, "console", "bash", "sh"):
        lines += [line.removeprefix("$ ") for line in body.splitlines() if line.startswith("$ ")]
    for line in lines:
        plain = line.partition("#")[0].replace("...", "").partition(" > ")[0]
        for part in plain.split(" | "):
            words = shlex.split(part)
            if words[:1] == ["docker"]:
                words = words[1:]
            if words and Path(words[0]).name == "parity":
                yield line, words[1:]


@pytest.mark.parametrize("file", PAGES, ids=name)
def test_commands_and_options_shown_exist(file):
    verbs = docs_cli.commands()
    root = {flag: option for option in docs_cli._root().params for flag in option.opts}
    for line, words in calls(file):
        rest = list(words)
        while rest and rest[0].startswith("-"):
            flag = rest.pop(0)
            assert flag in root or flag in ("-h", "--help", "--install-completion"), line
            if flag in root and not root[flag].is_flag:
                rest.pop(0)
        if not rest or rest[0] == "VERB":
            continue
        verb = rest.pop(0)
        assert verb in verbs, line
        known = {flag for p in verbs[verb].params for flag in (*p.opts, *p.secondary_opts)}
        for member in getattr(verbs[verb], "commands", {}).values() if rest else ():
            known |= {flag for p in member.params for flag in (*p.opts, *p.secondary_opts)}
        # What stands after `--` is another program's.
        rest = rest[: rest.index("--")] if "--" in rest else rest
        for word in rest if verb != "exec" else []:
            assert not word.startswith("-") or word in (*known, "-"), line


@pytest.mark.parametrize("file", PAGES, ids=name)
def test_scripts_and_sources_named_exist(file):
    text = file.read_text(encoding="utf-8")
    for path in re.findall(r"(?<![\w/.])((?:scripts|parity|tests|stacks)/[\w./-]*[\w/])", text):
        if "NAME" not in path and "VERB" not in path and "PATH" not in path:
            assert (ROOT / path).exists() or path.startswith("parity/bin"), path


@pytest.mark.parametrize("file", [*PAGES, *sorted((DOCS / "images").glob("*.svg"))], ids=name)
def test_no_path_of_a_developers_machine(file):
    text = file.read_text(encoding="utf-8")
    assert str(ROOT) not in text
    assert not re.search(
        r"/home/(?!(?:ada|app)/)\w+|/Users/\w+|/root/|/tmp/", text.replace("/tmp/nothing", "")
    )


@pytest.mark.parametrize("file", [ROOT / "README.md", DOCS / "examples" / "diff.md"], ids=name)
def test_the_report_shown_is_what_parity_says_of_the_example(file, monkeypatch, tmp_path):
    shutil.copytree(DOCS / "examples" / "hello", tmp_path / "hello")
    monkeypatch.chdir(tmp_path / "hello")
    monkeypatch.setenv("COLUMNS", "100")
    done = CliRunner().invoke(app, ["--ansi", "never", "diff", "dev", "prod"])
    assert done.exit_code == 1, done.output
    said = {line.rstrip() for line in done.stdout.splitlines()}
    shown = next(body for body in blocks(file, "console") if body.startswith("$ parity diff dev"))
    # How many there are changes with each rule; what is said of a setting does not.
    lines = [line for line in shown.splitlines()[1:] if line not in ("", "…")]
    wrong = [line for line in lines if line not in said and not COUNTED.search(line)]
    assert len(lines) >= 10
    assert wrong == []
