"""The command line: global options, the verbs, and the one handler of errors."""

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import typer.core

from parity import __version__
from parity.cli import output
from parity.cli.commands import (
    accept,
    capture,
    check,
    config,
    demo,
    devcontainer,
    diff,
    doctor,
    down,
    drop,
    egress,
    exec_,
    explain,
    fork,
    forks,
    gc,
    hook,
    init,
    lock,
    logs,
    ls,
    matrix,
    ps,
    reset,
    run,
    save,
    state,
    states,
    test,
    up,
    verify,
    watch,
)
from parity.cli.completion import own_environments
from parity.cli.state import Globals, is_nowhere, nowhere
from parity.errors import ParityError

_CHANGING = frozenset(
    ("up", "down", "save", "reset", "fork", "drop", "gc", "test", "run", "state", "watch", "demo")
)
"""Verbs that may leave something half done when they are interrupted."""


class _Interrupted(Exception):  # noqa: N818 - the user's wish, not an error
    """Ctrl-C, carried past typer, which would end the program without a word."""


class _Verbs(typer.core.TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interrupt:
            raise _Interrupted from interrupt


app = typer.Typer(
    name="parity",
    cls=_Verbs,
    help="Run production's container stack on this machine, and know what differs.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        output.data(f"parity {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    directory: Annotated[
        Path, typer.Option("--project-directory", "-C", help="Folder of the project.")
    ] = Path(),
    name: Annotated[
        str,
        typer.Option(
            "--project-name", "-p", help="Name of the stack. Default: project and worktree."
        ),
    ] = "",
    environment: Annotated[
        str,
        typer.Option(
            "--environment",
            "-e",
            help="Environment of parity.toml to copy, in a stack of its own. "
            "Default: `environment` of the table local.",
            autocompletion=own_environments,
        ),
    ] = "",
    file: Annotated[
        list[str] | None,
        typer.Option("--file", "-f", help="Compose file of production; repeatable."),
    ] = None,
    profile: Annotated[list[str] | None, typer.Option(help="Compose profile; repeatable.")] = None,
    env_file: Annotated[
        list[str] | None, typer.Option(help="File with variables for interpolation; repeatable.")
    ] = None,
    progress: Annotated[
        str, typer.Option(help="How to tell progress: auto, plain, json or quiet.")
    ] = "auto",
    ansi: Annotated[str, typer.Option(help="Colour: auto, never or always.")] = "auto",
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", help="Print the version.", callback=_version, is_eager=True
        ),
    ] = False,
) -> None:
    """Keep the global options for the command."""
    del version
    for value, known, flag in (
        (progress, ("auto", "plain", "json", "quiet"), "--progress"),
        (ansi, ("auto", "never", "always"), "--ansi"),
    ):
        if value not in known:
            raise typer.BadParameter(f"{value!r} is not one of {', '.join(known)}", param_hint=flag)
    os.environ["PARITY_ANSI"] = ansi
    context.obj = Globals(
        directory=directory,
        name=name or os.environ.get("PARITY_STACK", ""),
        files=tuple(file or ()),
        profiles=tuple(profile or ()),
        env_files=tuple(env_file or ()),
        progress=progress,
        environment=environment or os.environ.get("PARITY_ENVIRONMENT", ""),
    )


app.command("init")(init.init)
app.command("up")(up.up)
app.command("down")(down.down)
app.command("ps")(ps.ps)
app.command("ls")(ls.ls)
app.command("logs")(logs.logs)
app.command("exec", context_settings={"allow_interspersed_args": False})(exec_.exec_)
app.command("save")(save.save)
app.command("snapshot", hidden=True)(save.save)
app.command("reset")(reset.reset)
app.command("restore", hidden=True)(reset.reset)
app.command("states")(states.states)
app.command("drop")(drop.drop)
app.command("verify")(verify.verify)
app.command("gc")(gc.gc)
app.command("fork")(fork.fork)
app.command("forks")(forks.forks)
app.command("test")(test.run_tests)
app.command("watch")(watch.watch)
app.command("run", context_settings={"allow_interspersed_args": False})(run.run)
app.command("config")(config.config)
app.command("lock")(lock.lock)
app.command("diff")(diff.diff)
app.command("matrix")(matrix.matrix)
app.command("check")(check.check)
app.command("accept")(accept.accept)
app.command("explain")(explain.explain)
app.add_typer(hook.hook, name="hook")
app.add_typer(devcontainer.devcontainer, name="devcontainer")
app.command("capture")(capture.capture)
app.add_typer(state.state, name="state")
app.command("egress")(egress.egress)
app.command("doctor")(doctor.doctor)
app.command("demo")(demo.demo)


def main() -> None:
    """Run the command line; every expected failure becomes a sentence and an exit code."""
    try:
        app(standalone_mode=True)
    except ParityError as error:
        output.error(error)
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, _Interrupted):
        half = any(word in _CHANGING for word in sys.argv[1:])
        then = "; the next `parity up` or `parity down` puts things right" if half else ""
        output.talk(f"interrupted{then}")
        sys.stdout.flush()
        os._exit(130)  # a thread that waits for a registry's answer is not waited for
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(141)
    except Exception as error:  # noqa: BLE001 - the last resort: a bug of ours, told as one
        if isinstance(error, FileNotFoundError) and is_nowhere():
            output.error(nowhere())
            sys.exit(nowhere().exit_code)
        sys.exit(_bug(error))


def _bug(error: Exception) -> int:
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="parity-bug-", suffix=".txt", delete=False, encoding="utf-8"
    ) as file:
        file.write(traceback.format_exc())
    output.talk(f"this is a bug in parity: {output.visible(f'{type(error).__name__}: {error}')}")
    output.talk(f" next: report it with {file.name}; look through it first: it may quote a value")
    return 4
