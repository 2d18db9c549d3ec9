"""Dispatch: `store COMMAND JSON` answers with one JSON document on stdout; `--stream` with bytes.

A command is a module of this package with `run(arguments)`, or `stream(arguments, stdin, stdout)`.
Exit codes: 0 done, 1 refused with the reason as JSON on stdout (on stderr for a stream).
"""

import errno
import importlib
import json
import sys
from typing import Any

from . import said


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    streams = arguments[0] == "--stream"
    name, text = arguments[1:3] if streams else arguments[:2]
    command: Any = importlib.import_module(f".{name}", __package__)
    refused: dict[str, str] = {}
    answer: Any = None
    try:
        if streams:
            command.stream(json.loads(text), sys.stdin.buffer, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        else:
            answer = command.run(json.loads(text))
    except OSError as error:
        refused = {"error": str(error), "errno": errno.errorcode.get(error.errno or 0, "")}
    except ValueError as error:
        refused = {"error": str(error), "errno": ""}
    if not streams:
        told = refused or answer
        said.keep(json.dumps(told))
        json.dump(told, sys.stdout)
    elif refused:
        json.dump(refused, sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
