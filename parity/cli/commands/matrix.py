"""`parity matrix`."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from parity.cli.completion import environments as offered
from parity.cli.completion import services
from parity.cli.options import JsonOption, LayersOption, layers_to_read
from parity.cli.reports import (
    AllOption,
    FailOnOption,
    OutputOption,
    deliver,
    fails,
    options_of,
    threshold,
)
from parity.cli.state import names_begin_at, open_project, reporter

if TYPE_CHECKING:
    from parity.diff.many import Matrix
    from parity.report.contract import Options


class MatrixFormat(StrEnum):
    """How a matrix is printed."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"


def matrix(
    context: typer.Context,
    environments: Annotated[
        list[str] | None,
        typer.Argument(
            help="Environments, snapshots or definitions: 2 to 100. With --replicas: whose containers.",
            autocompletion=offered,
        ),
    ] = None,
    replicas: Annotated[
        str,
        typer.Option(
            metavar="SERVICE",
            help="Compare the running containers of this service.",
            autocompletion=services,
        ),
    ] = "",
    service: Annotated[
        list[str] | None,
        typer.Option(help="Only this service; repeatable.", autocompletion=services),
    ] = None,
    layers: LayersOption = "",
    fail_on: FailOnOption = None,
    everything: AllOption = False,
    fmt: Annotated[
        MatrixFormat, typer.Option("--format", help="How to print the matrix.")
    ] = MatrixFormat.TEXT,
    json: JsonOption = False,
    file: OutputOption = None,
) -> None:
    """Compare many environments, or the containers of one service, and say which stand out."""
    from parity.actions.matrix import matrix as compare
    from parity.actions.replicas import replicas as compare_containers

    paths, project = open_project(context)
    names, read = tuple(environments or ()), layers_to_read(layers)
    progress = reporter(context, quiet=True)
    if replicas:
        if service:
            raise typer.BadParameter("--replicas names the service", param_hint="--service")
        found = compare_containers(paths, project, replicas, names, progress, layers=read)
    else:
        wanted = frozenset(service or ())
        found = compare(paths, project, names, progress, services=wanted, layers=read)
    fmt = MatrixFormat.JSON if json else fmt
    root = names_begin_at(context, paths.root, for_people=fmt is MatrixFormat.TEXT)
    options = options_of(root, everything=everything, to_file=file is not None)
    deliver(_text(found, fmt, options), file)
    if fails(found, threshold(fail_on, project.diff.fail_on)):
        raise typer.Exit(1)


def _text(found: "Matrix", fmt: MatrixFormat, options: "Options") -> str:
    from parity.report import matrix, matrix_json, matrix_markdown

    writers = {
        MatrixFormat.TEXT: matrix.write,
        MatrixFormat.JSON: matrix_json.write,
        MatrixFormat.MARKDOWN: matrix_markdown.write,
    }
    return writers[fmt](found, options)
