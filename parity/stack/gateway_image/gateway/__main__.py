"""Dispatch: `run`, `wait`, `ask`, `prove` and `limits`. Imports wait until the verb is known."""

import argparse
import os
import signal
import sys


def parser() -> argparse.ArgumentParser:
    """The command line of the image."""
    top = argparse.ArgumentParser(prog="gateway")
    verbs = top.add_subparsers(dest="verb", required=True)
    verbs.add_parser("run", help="be the stack's router (settings: PARITY_GATEWAY)")
    verbs.add_parser("prove", help="try to get out (attempts: PARITY_PROVE)")
    verbs.add_parser("limits", help="print this container's resource limits")
    wait = verbs.add_parser("wait", help="poll a service until its protocol answers")
    wait.add_argument("--kind", required=True, choices=("tcp", "http", "postgres", "redis", "amqp"))
    wait.add_argument("--host", required=True)
    wait.add_argument("--port", required=True, type=int)
    wait.add_argument("--timeout", required=True, type=float)
    ask = verbs.add_parser("ask", help="put one probe (JSON) to a container")
    ask.add_argument("probe")
    ask.add_argument("--host", required=True)
    ask.add_argument("--timeout", required=True, type=float)
    return top


def main(arguments: list[str]) -> int:
    """Run one verb and return its exit code."""
    options = parser().parse_args(arguments)
    if options.verb == "wait":
        from .wait import wait

        return wait(options.kind, options.host, options.port, options.timeout)
    if options.verb == "ask":
        from .ask import ask

        return ask(options.probe, options.host, options.timeout)
    if options.verb == "prove":
        from .prove import prove_from

        return prove_from(os.environ.get("PARITY_PROVE", ""))
    if options.verb == "limits":
        from .limits import print_limits

        return print_limits()
    # The first process of a container ignores SIGTERM unless it asks for it: ask before the imports.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    from .serve import serve_from

    return serve_from(os.environ.get("PARITY_GATEWAY", ""))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
