"""docs/commands: one page a verb, from the Typer application."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from types import MappingProxyType
from typing import Any

from scripts.lib.docs_text import code, page, table

# What exit code 1 means to a verb; those without a line never end with it.
FINDINGS: Mapping[str, str] = MappingProxyType(
    {
        "up": "a service did not get ready; with `--frozen`: parity.lock does not fit the definition",
        "diff": "a finding of the severity of `--fail-on` or worse",
        "matrix": "a finding of the severity of `--fail-on` or worse",
        "check": "a finding of the severity of `--fail-on` or worse",
        "devcontainer": "a file is there and differs; `--check`: one is missing; `start`: a service did "
        "not get ready",
        "hook": "`run`: a pushed commit has a finding that stops it",
        "lock": "`--check`: a tag has moved; `--check`, `--frozen`: parity.lock does not fit the "
        "definition",
        "egress": "`--prove`: an attempt got out, or a published port does not answer",
        "state": "`pull`, `import`: the artifact is damaged or cut short",
        "save": "a data engine does not recover on the copy of its data",
        "reset": "a service did not get ready; a step of a declared state failed",
        "fork": "a service did not get ready; a step of a declared state failed",
        "test": "a test failed",
        "verify": "a state is damaged",
        "demo": "a command of the story ended otherwise than it should",
        "doctor": "a check failed that is not the engine's or Compose's",
    }
)
_HANDED_OVER: Mapping[str, str] = MappingProxyType(
    {
        "logs": "any other: Docker Compose's own",
        "exec": "any other: that of the command",
        "run": "any other: that of the command",
    }
)
_KINDS = MappingProxyType(
    {"int": "N", "integer": "N", "float": "SECONDS", "path": "FOLDER", "datetime": "DATE"}
)


def commands() -> dict[str, Any]:
    """Verb -> its Click command, in the order of `parity --help`."""
    found: dict[str, Any] = {
        name: command for name, command in _root().commands.items() if not command.hidden
    }
    return found


def _root() -> Any:
    import typer.main

    from parity.cli.main import app

    return typer.main.get_command(app)


def command_pages(examples: Path) -> dict[str, str]:
    """Path below docs/ -> text."""
    verbs = commands()
    made = {
        f"commands/{verb}.md": command_page(verb, command, _example(examples, verb))
        for verb, command in verbs.items()
    }
    return {**made, "commands/index.md": _index(verbs)}


def _example(examples: Path, verb: str) -> str:
    file = examples / f"{verb}.md"
    return file.read_text(encoding="utf-8").strip() if file.is_file() else ""


def command_page(verb: str, command: Any, example: str) -> str:
    """The page of one verb."""
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option"]
    lines = [f"# parity {verb}", "", summary(command), "", "```text"]
    lines += [*_usages(verb, command, arguments), "```"]
    if arguments:
        meanings = [(code(_shown(p)), str(p.help or "")) for p in arguments]
        lines += ["", "## Arguments", "", *table(["Argument", "Meaning"], meanings)]
    if members(command):
        meanings = [(code(name), summary(member)) for name, member in members(command).items()]
        lines += ["", "## Subcommands", "", *table(["Subcommand", "What it does"], meanings)]
    for name, member in members(command).items():
        lines += _options_of(f"{verb} {name}", member)
    rows = [*_option_rows(options), ("`-h`, `--help`", "Print this.", "")]
    lines += ["", "## Options", "", *table(["Option", "Meaning", "Default"], rows), ""]
    lines += ["[Global options](index.md#global-options) stand before the verb."]
    if example:
        lines += ["", "## Example", "", example]
    lines += ["", "## Exit codes", "", *table(["Code", "Meaning"], _codes(verb)), ""]
    lines += ["[Errors and exit codes](../errors.md) explains each."]
    return page(lines, source=f"parity/cli/commands/{_module(command)}, docs/examples/{verb}.md")


def _options_of(verb: str, member: Any) -> list[str]:
    """The options of a subcommand, where it has some."""
    rows = list(_option_rows([p for p in member.params if p.param_type_name == "option"]))
    if not rows:
        return []
    return ["", f"## Options of {verb}", "", *table(["Option", "Meaning", "Default"], rows)]


def members(command: Any) -> Mapping[str, Any]:
    """The subcommands of a verb that has some."""
    return getattr(command, "commands", {})


def summary(command: Any) -> str:
    """What a verb does: the docstring of its function, or the help of a group."""
    text = inspect.cleandoc((command.callback.__doc__ if command.callback else command.help) or "")
    return " ".join(text.split())


def usage(verb: str, arguments: list[Any]) -> str:
    """The line that says how to call it."""
    return " ".join([f"parity {verb} [OPTIONS]", *(_shown(p) for p in arguments)])


def _usages(verb: str, command: Any, arguments: list[Any]) -> list[str]:
    """One line, or one for each subcommand."""
    return [
        usage(f"{verb} {name}", [p for p in member.params if p.param_type_name == "argument"])
        for name, member in members(command).items()
    ] or [usage(verb, arguments)]


def _shown(argument: Any) -> str:
    name = str(argument.name).upper() + ("..." if argument.nargs == -1 else "")
    return name if argument.required else f"[{name}]"


def _module(command: Any) -> str:
    one = next(iter(members(command).values()), command)
    return str(one.callback.__module__).rpartition(".")[2] + ".py"


def _option_rows(options: list[Any]) -> Iterator[tuple[str, str, str]]:
    for option in options:
        if not option.hidden:
            yield _names(option), option.help or "", code(_default(option))


def _names(option: Any) -> str:
    names = sorted(option.opts, key=len)
    value = "" if option.is_flag or option.count else f" {_kind(option)}"
    shown = ", ".join(code(name) for name in names[:-1])
    last = code(names[-1] + value)
    negative = "".join(f" / {code(name)}" for name in option.secondary_opts)
    return (f"{shown}, " if shown else "") + last + negative


def _kind(option: Any) -> str:
    choices = getattr(option.type, "choices", None)
    if choices:
        return "|".join(str(getattr(choice, "value", choice)) for choice in choices)
    if option.metavar:
        return str(option.metavar)
    if option.name == "output":
        return "FILE"
    return _KINDS.get(str(option.type.name).removesuffix(" range"), "TEXT")


def _default(option: Any) -> str:
    value = option.default
    if isinstance(value, Enum):
        return str(value.value)
    if option.is_flag:
        return option.opts[-1] if value is True else ""
    return (
        "" if value is None or value in ("", 0) or isinstance(value, list | tuple) else str(value)
    )


def _codes(verb: str) -> Iterator[tuple[str, str]]:
    yield "0", "done"
    if verb in FINDINGS:
        yield "1", FINDINGS[verb]
    yield "2", "wrong call, configuration or definition"
    yield "3", "engine, registry or Docker Compose out of reach"
    yield "4", "a bug in parity"
    yield "130", "interrupted"
    if verb in _HANDED_OVER:
        yield "…", _HANDED_OVER[verb]


def _index(verbs: Mapping[str, Any]) -> str:
    root = _root()
    rows = [(f"[`parity {verb}`]({verb}.md)", summary(command)) for verb, command in verbs.items()]
    options = [p for p in root.params if p.param_type_name == "option"]
    shown = [p for p in options if "completion" not in str(p.name)]
    lines = ["# Commands", "", *table(["Command", "What it does"], rows), ""]
    lines += ["`docker parity VERB` is the same as `parity VERB`."]
    lines += ["", "## Global options", "", "They stand before the verb: `parity -p blue up`.", ""]
    lines += table(["Option", "Meaning", "Default"], _option_rows(shown))
    lines += ["", "`parity --install-completion` adds completion to the shell you use."]
    return page(lines, source="parity/cli/main.py")
