"""`parity diff`."""

from typing import TYPE_CHECKING, Annotated

import typer

from parity.cli.completion import environments, services
from parity.cli.options import JsonOption, LayersOption, layers_to_read
from parity.cli.reports import (
    AllOption,
    FailOnOption,
    OutputOption,
    ReportFormat,
    ReportFormatOption,
    deliver,
    fails,
    options_of,
    render,
    threshold,
)
from parity.cli.state import names_begin_at, open_project, open_session, reporter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from parity.actions.diff import Local
    from parity.actions.diff_request import DiffRequest
    from parity.diff.layered import Explanation
    from parity.model.environment import Environment
    from parity.model.finding import Report
    from parity.model.override import Override
    from parity.model.setting import Layer
    from parity.report.contract import Options


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
        list[str] | None,
        typer.Option(help="Only this service; repeatable.", autocompletion=services),
    ] = None,
    layer: Annotated[
        list[str] | None, typer.Option(help="Only what this layer shows; repeatable.")
    ] = None,
    layers: LayersOption = "",
    since: Annotated[
        str,
        typer.Option(
            metavar="SNAPSHOT",
            help="What changed in one environment since this snapshot; `newest`: the newest of it in environments/.",
        ),
    ] = "",
    explain: Annotated[
        str,
        typer.Option(
            metavar="SERVICE.SETTING",
            help="Every layer's value of this one setting, which is in effect, and why.",
        ),
    ] = "",
    fail_on: FailOnOption = None,
    everything: AllOption = False,
    fmt: ReportFormatOption = ReportFormat.TEXT,
    json: JsonOption = False,
    file: OutputOption = None,
) -> None:
    """Compare two environments and rank what breaks software."""
    from dataclasses import replace

    from parity.actions.diff_request import DiffRequest
    from parity.model.setting import Layer

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
    if explain:
        cheap = not layers and not since
        asked = replace(request, read=frozenset({Layer.IMAGE}) if cheap else request.read)
        root = names_begin_at(context, paths.root, for_people=fmt is ReportFormat.TEXT)
        told = _explained(context, asked, explain, since, local)
        deliver(
            _explanation(
                told, fmt, options_of(root, everything=everything, to_file=file is not None)
            ),
            file,
        )
        return
    report = _report(context, request, since, local)
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


def _report(context: typer.Context, request: "DiffRequest", since: str, local: "Local") -> "Report":
    from parity.actions.diff import diff as compare
    from parity.actions.since import since as compare_with_past

    paths, project = open_project(context)
    progress = reporter(context, quiet=True)
    if since:
        return compare_with_past(paths, project, request, since, progress)
    return compare(paths, project, request, progress, local=local)


def _explained(
    context: typer.Context, request: "DiffRequest", setting: str, since: str, local: "Local"
) -> "Explanation":
    from parity.actions.diff import read_sides
    from parity.actions.explain_setting import explain
    from parity.actions.since import read_past

    paths, project = open_project(context)
    progress = reporter(context, quiet=True)
    if since:
        past = read_past(paths, project, request, since, progress)
        return explain(paths, project, past.request, setting, (past.before, past.now))
    one, two, overrides = read_sides(paths, project, request, progress, local=local)
    return explain(paths, project, request, setting, (one, two), overrides=overrides)


def _explanation(told: "Explanation", fmt: ReportFormat, options: "Options") -> str:
    from parity.report import explain_setting, explain_setting_json

    if fmt is ReportFormat.TEXT:
        return explain_setting.write(told, options)
    if fmt is ReportFormat.JSON:
        return explain_setting_json.write(told, options)
    raise typer.BadParameter("--explain prints text or json", param_hint="--format")


def _layers(words: "Sequence[str]") -> "frozenset[Layer]":
    from parity.model.setting import Layer

    known = [layer.value for layer in Layer]
    for word in words:
        if word not in known:
            raise typer.BadParameter(
                f"{word!r} is not one of {', '.join(known)}", param_hint="--layer"
            )
    return frozenset(Layer(word) for word in words)
