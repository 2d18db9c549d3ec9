"""`parity test`."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from parity.cli import output
from parity.cli.completion import states
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_session, reporter

if TYPE_CHECKING:
    from parity.actions.test import TestResult

_MOST_WORKERS = 64


def run_tests(
    context: typer.Context,
    arguments: Annotated[
        list[str] | None, typer.Argument(help="Arguments for pytest, after `--`.")
    ] = None,
    state: Annotated[
        str,
        typer.Option(
            "--state",
            help="Start state of the tests. Default: the project's.",
            autocompletion=states,
        ),
    ] = "",
    workers: Annotated[
        str,
        typer.Option(
            "--workers",
            "-n",
            help="Tests at once (pytest-xdist): a number, or auto: one a processor.",
        ),
    ] = "1",
    keep_failed: Annotated[
        bool, typer.Option("--keep-failed", help="Keep the fork of each test that fails.")
    ] = False,
    junit: Annotated[
        str, typer.Option(help="File of the JUnit report. Default: .parity/testing/junit.xml.")
    ] = "",
    html: Annotated[
        str, typer.Option(help="File of the HTML report. Default: .parity/testing/report.html.")
    ] = "",
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Run the project's tests on forks of its stack, each from the start state."""
    from parity.actions.test import TestRequest
    from parity.actions.test import run_tests as act

    machine = wants_json(fmt, json)
    request = TestRequest(
        tuple(arguments or ()), state, _number(workers), keep_failed, junit, html, as_talk=machine
    )
    result = act(open_session(context), request, reporter(context))
    if machine:
        output.as_json(_tree(result))
    else:
        _summary(result)
    raise typer.Exit(result.exit_code)


def _number(workers: str) -> int:
    import os

    if workers == "auto":
        return os.cpu_count() or 1
    if not workers.isdecimal() or not 1 <= int(workers) <= _MOST_WORKERS:
        raise typer.BadParameter(
            f"{workers!r} is neither auto nor a number from 1 to {_MOST_WORKERS}", param_hint="-n"
        )
    return int(workers)


def _summary(result: "TestResult") -> None:
    run, state = result.run, result.state
    count = output.counted(len(run.on_forks), "test")
    if state is not None:
        output.talk(
            f"{count} on forks from {state.name} ({state.digest[:19]}), {run.proved} proved"
        )
    else:
        output.talk(f"{count} on forks that began with nothing: there is no start state")
    output.talk(f"report: {result.html}")
    output.talk(f"again: {result.again}")


def _tree(result: "TestResult") -> dict[str, Any]:
    run, state = result.run, result.state
    return {
        "schema": 1,
        "exit_code": result.exit_code,
        "seconds": run.seconds,
        "state": {"name": state.name, "digest": state.digest} if state else None,
        "on_forks": len(run.on_forks),
        "proved": run.proved,
        "junit": str(result.junit),
        "html": str(result.html),
        "again": result.again,
        "tests": [
            {
                "name": case.name,
                "outcome": case.outcome,
                "seconds": round(case.seconds, 3),
                "fork": case.told("parity.fork") or None,
            }
            for case in run.cases
        ],
    }
