"""Dispatch: `store COMMAND JSON` answers with one JSON document on stdout; `--stream` with bytes.

A command is a module of this package with `run(arguments)`, or `stream(arguments, stdin, stdout)`.
Exit codes: 0 done, 1 refused with the reason as JSON on stdout (on stderr for a stream).
"""

import errno
import importlib
import json
import sys
from typing import Any


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    streams = arguments[0] == "--stream"
    name, text = arguments[1:3] if streams else arguments[:2]
    command: Any = importlib.import_module(f".{name}", __package__)
    told = sys.stderr if streams else sys.stdout
    try:
        if streams:
            command.stream(json.loads(text), sys.stdin.buffer, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        else:
            json.dump(command.run(json.loads(text)), told)
    except OSError as error:
        json.dump({"error": str(error), "errno": errno.errorcode.get(error.errno or 0, "")}, told)
        return 1
    except ValueError as error:
        json.dump({"error": str(error), "errno": ""}, told)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
