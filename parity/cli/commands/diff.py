"""`parity diff`."""

from typing import TYPE_CHECKING, Annotated

import typer

from parity.cli.completion import environments
from parity.cli.options import JsonOption, LayersOption, layers_to_read
from parity.cli.reports import (
    AllOption,
    FailOnOption,
    OutputOption,
    ReportFormat,
    ReportFormatOption,
    deliver,
    fails,
    render,
    threshold,
)
from parity.cli.state import names_begin_at, open_project, open_session, reporter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parity.model.environment import Environment
    from parity.model.override import Override
    from parity.model.setting import Layer


def diff(
    context: typer.Context,
    left: Annotated[
        str,
        typer.Argument(
            help="Environment, snapshot or definition; `local`: what `up` runs.",
            autocompletion=environments,
        ),
    ] = "",
    right: Annotated[
        str, typer.Argument(help="The same; default: production.", autocompletion=environments)
    ] = "",
    symptom: Annotated[
        str, typer.Option(help="What you see going wrong; what explains it comes first.")
    ] = "",
    service: Annotated[
        list[str] | None, typer.Option(help="Only this service; repeatable.")
    ] = None,
    layer: Annotated[
        list[str] | None, typer.Option(help="Only what this layer shows; repeatable.")
    ] = None,
    layers: LayersOption = "",
    fail_on: FailOnOption = None,
    everything: AllOption = False,
    fmt: ReportFormatOption = ReportFormat.TEXT,
    json: JsonOption = False,
    file: OutputOption = None,
) -> None:
    """Compare two environments and rank what breaks software."""
    from parity.actions.diff import diff as compare
    from parity.actions.diff_request import DiffRequest

    paths, project = open_project(context)
    request = DiffRequest(
        left,
        right,
        symptom=symptom,
        services=frozenset(service or ()),
        layers=_layers(layer or ()),
        read=layers_to_read(layers),
    )

    def local() -> "tuple[Environment, Sequence[Override]]":
        from parity.actions.local import read_local

        return read_local(open_session(context), reporter(context))

    fmt = ReportFormat.JSON if json else fmt
    report = compare(paths, project, request, reporter(context, quiet=True), local=local)
    least = threshold(fail_on, project.diff.fail_on)
    text = render(
        report,
        fmt,
        root=names_begin_at(context, paths.root, for_people=fmt is ReportFormat.TEXT),
        everything=everything,
        fail_on=least,
        to_file=file is not None,
    )
    deliver(text, file)
    if fails(report, least):
        raise typer.Exit(1)


def _layers(words: "Sequence[str]") -> "frozenset[Layer]":
    from parity.model.setting import Layer

    known = [layer.value for layer in Layer]
    for word in words:
        if word not in known:
            raise typer.BadParameter(
                f"{word!r} is not one of {', '.join(known)}", param_hint="--layer"
            )
    return frozenset(Layer(word) for word in words)
