"""`parity capture`."""

from typing import TYPE_CHECKING, Annotated

import typer

from parity.cli import output
from parity.cli.completion import own_environments
from parity.cli.options import LayersOption, layers_to_read
from parity.cli.state import open_session, reporter

if TYPE_CHECKING:
    from parity.actions.capture import Captured

_NAMED = 12


def capture(
    context: typer.Context,
    environment: Annotated[
        str,
        typer.Argument(
            autocompletion=own_environments, help="Environment; default: the one the stack copies."
        ),
    ] = "",
    out: Annotated[
        str,
        typer.Option(
            "--output", "-o", help="File; - for stdout. Default: environments/ENVIRONMENT.json."
        ),
    ] = "",
    layers: LayersOption = "",
    rekey: Annotated[
        bool,
        typer.Option("--rekey", help="Replace a snapshot whose fingerprints have another key."),
    ] = False,
) -> None:
    """Write an environment into one file that can be committed, without its secrets."""
    from parity.actions import capture as action

    session = open_session(context)
    done = action.capture(
        session,
        reporter(context),
        name=environment,
        output=out,
        rekey=rekey,
        layers=layers_to_read(layers),
    )
    if done.file is None:
        output.data(done.text)
    _summary(done)


def _summary(done: "Captured") -> None:
    counts = f"{output.counted(done.services, 'service')}, {output.counted(done.settings, 'value')}"
    if done.losses:
        counts += f", {done.losses} not expressible"
    if done.file:
        state = "wrote" if done.changed else "unchanged:"
        output.talk(f"{state} {done.file}: {counts}")
    else:
        output.talk(f"{done.environment}: {counts}")
    if done.unset:
        blank = ", ".join(map(output.visible, done.unset))
        output.talk(f"no value here, and so blank in it: {blank}")
        output.talk(" next: name the env file under `env-files`, declare secrets under [secrets]")
    if done.hidden:
        names = [output.visible(name) for name in done.hidden]
        more = f", and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        output.talk(
            f"hid {output.counted(len(names), 'secret')}: {', '.join(names[:_NAMED])}{more}"
        )
    if done.referred:
        output.talk(
            f"{output.counted(done.referred, 'secret')} by name only: their values are elsewhere"
        )
    if done.key and (done.first or done.key.created):
        output.talk(f"fingerprints of secrets are made with the project's key: {done.key.place}")
        output.talk(
            " next: share it with the team as you share secrets (or set PARITY_KEY in CI); never commit it"
        )
