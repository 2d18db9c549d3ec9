"""`parity watch`."""

from typing import Annotated

import typer

from parity.cli import output
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_session, reporter


def watch(
    context: typer.Context,
    arguments: Annotated[
        list[str] | None, typer.Argument(help="Arguments for pytest, after `--`; with --test.")
    ] = None,
    test: Annotated[
        bool, typer.Option("--test", help="Run pytest on a fresh fork after each effect.")
    ] = False,
    keep_data: Annotated[
        bool,
        typer.Option("--keep-data", help="Leave the data alone when the branch changes."),
    ] = False,
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """Keep the stack in step with definitions, code, settings and branch while you edit them."""
    import signal

    from parity.cli.watch_view import shown
    from parity.watch.acts import Options
    from parity.watch.loop import Watch

    if arguments and not test:
        raise typer.BadParameter("arguments are for pytest: add --test", param_hint="arguments")
    machine = wants_json(fmt, json)
    options = Options(tuple(arguments or ()) if test else None, machine, keep_data)
    # Whoever ends it in another way than Ctrl-C gets a whole terminal back, too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    ended = False
    with shown(machine=machine) as (tell, progress):
        steps = progress or reporter(context, quiet=True)
        watched = Watch(lambda: open_session(context), options, tell, steps)
        try:
            watched.run()
        except KeyboardInterrupt:
            if not watched.idle:
                raise
            ended = True
    if ended and not machine:
        output.talk("the watch has ended; the stack is still up: `parity down` ends it")
