"""Env files by the rules of those who read them: each gives a variable another value at times."""

import json
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from parity.errors import DefinitionError
from parity.sources import compose
from parity.sources.contract import Request
from parity.sources.yaml_tree import text_of

Variables = dict[str, str]
_LONGEST_LINE = 64 * 1024
"""Docker's own limit."""


def by_compose(files: Sequence[Path], given: Mapping[str, str]) -> Variables:
    """As Docker Compose reads `env_file`: it is asked itself."""
    entries = [{"path": str(file).replace("$", "$$")} for file in files]
    document = {"services": {"app": {"image": "app", "env_file": entries}}}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "compose.yaml").write_text(json.dumps(document), encoding="utf-8")
        try:
            read = compose.start(Request("", Path(folder), variables=given)).result()
        except DefinitionError as error:
            raise _in_env_file(error, files) from error
    found = read.services["app"].get("environment") or {}
    return {name: value for name, value in found.items() if value is not None}


def by_docker(files: Sequence[Path], given: Mapping[str, str]) -> Variables:
    """As `docker run --env-file` reads it: no quotes, no comments behind values, no expansion."""
    host = {**os.environ, **given}
    found: Variables = {}
    for file in files:
        for number, line in enumerate(text_of(file).split("\n"), start=1):
            text = line.removesuffix("\r").lstrip()
            if not text or text.startswith("#"):
                continue
            name, equals, value = text.partition("=")
            _check(name, len(line), f"{file}:{number}")
            if equals:
                found[name] = value
            elif name in host:
                found[name] = host[name]
    return found


def by_python(files: Sequence[Path], given: Mapping[str, str]) -> Variables:
    """As python-dotenv's `load_dotenv` reads it: the library is asked itself."""
    import logging
    from io import StringIO

    from dotenv import dotenv_values

    del given  # it expands from the shell alone
    log = logging.getLogger("dotenv.main")
    level = log.level
    found: Variables = {}
    for file in files:
        text = text_of(file)
        # It warns of lines that it leaves out; the comparison with the others says so.
        log.setLevel(logging.ERROR)
        try:
            read = dotenv_values(stream=StringIO(text, newline=None))
        finally:
            log.setLevel(level)
        found |= {name: value for name, value in read.items() if value is not None}
    return found


def _check(name: str, length: int, where: str) -> None:
    problem = ""
    if not name:
        problem = "a line without the name of a variable"
    elif re.search(r"\s", name):
        problem = "white space in the name of a variable (`export`, or spaces around `=`)"
    elif length > _LONGEST_LINE:
        problem = f"a line of more than {_LONGEST_LINE} bytes"
    if problem:
        raise DefinitionError(
            f"docker run --env-file refuses the file: {problem}",
            where=where,
            next_step="write NAME=value, without quotes; or name another `consumer` in parity.toml",
        )


def _in_env_file(error: DefinitionError, files: Sequence[Path]) -> DefinitionError:
    """The same error at the env file instead of the document that was made for Compose."""
    message = error.message.removeprefix("Docker Compose refuses the definition: ")
    file = next((file for file in files if str(file) in message), files[0])
    line = re.search(r"line (\d+)", message)
    message = re.sub(r"^failed to read \S+: (?:line \d+: )?", "", message)
    return DefinitionError(
        f"Docker Compose refuses the env file: {message}",
        where=f"{file}:{line[1]}" if line else str(file),
        next_step="mend the line; `docker compose config` with this `env_file` says the same",
    )
