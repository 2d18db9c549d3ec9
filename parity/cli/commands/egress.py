"""`parity egress`."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from parity.cli import output
from parity.cli.options import Format, FormatOption, JsonOption, wants_json
from parity.cli.state import open_session, reporter

_SHOWN = 3
_VERDICTS = {True: "held", False: "OPEN", None: "not asked"}


def egress(
    context: typer.Context,
    prove: Annotated[
        bool, typer.Option("--prove", help="Try to get out of every service.")
    ] = False,
    authority: Annotated[
        bool, typer.Option("--authority", help="Print the local certificate authority (PEM).")
    ] = False,
    fmt: FormatOption = Format.TEXT,
    json: JsonOption = False,
) -> None:
    """List what the services tried to reach outside; --prove shows that they cannot."""
    from parity.actions import egress as action

    session = open_session(context)
    machine = wants_json(fmt, json)
    if authority:
        from parity.stack.certificates import authority_pem

        output.data(authority_pem(session.files))
    elif prove:
        from parity.actions.prove import prove as act

        _proof(act(session, reporter(context)), machine=machine)
    else:
        rows, hosts = action.records(session)
        if machine:
            output.as_json({"schema": 1, "hosts": hosts, "records": rows})
        else:
            _records(rows, hosts)


def _records(rows: list[dict[str, Any]], hosts: tuple[str, ...]) -> None:
    output.talk(f"production's hosts in the settings: {', '.join(hosts) or 'none'}")
    counts: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        target = row.get("name") or row.get("address") or ""
        port = f":{row['port']}" if row.get("port") else ""
        key = (
            row.get("service") or row.get("source") or "",
            row["event"],
            row["protocol"],
            f"{target}{port}",
        )
        counts[key] += int(row.get("count") or 1)
    if not counts:
        output.talk("nothing was tried")
        return
    output.table(
        (
            [service, event, protocol, target, str(n)]
            for (service, event, protocol, target), n in counts.most_common()
        ),
        ["SERVICE", "EVENT", "PROTOCOL", "TARGET", "TIMES"],
    )


def _proof(proof: Any, *, machine: bool) -> None:
    from dataclasses import asdict

    if machine:
        output.as_json({"schema": 1, "holds": proof.holds, **asdict(proof)})
    else:
        output.table(
            _grouped(proof), ["VERDICT", "ATTEMPT", "OUTCOME", "SLOWEST", "FROM", "TARGETS"]
        )
        output.talk(
            f"{len(proof.attempts)} attempts to get out, none got through; {_answering(proof.ports)}"
            if proof.holds
            else "the guard does not hold: see OPEN above"
        )
    if not proof.holds:
        raise typer.Exit(1)


def _grouped(proof: Any) -> list[list[str]]:
    """One line for what was tried alike: all its targets, from all services."""
    groups: dict[tuple[bool | None, str, str], list[Any]] = {}
    for attempt in (*proof.attempts, *proof.ports):
        groups.setdefault((attempt.held, attempt.label, attempt.outcome), []).append(attempt)
    return [
        [
            _VERDICTS[held],
            label,
            outcome,
            f"{max(attempt.milliseconds for attempt in some):.1f} ms",
            _few([attempt.service for attempt in some]),
            _few([attempt.target for attempt in some]),
        ]
        for (held, label, outcome), some in groups.items()
    ]


def _answering(ports: Sequence[Any]) -> str:
    asked = sum(port.held is not None for port in ports)
    answer = {0: "", 1: "the published port answers"}.get(asked, f"{asked} published ports answer")
    silence = f"{len(ports) - asked} published over UDP not asked" if asked < len(ports) else ""
    return ", ".join(filter(None, (answer, silence))) or "no port is published"


def _few(names: list[str]) -> str:
    unique = list(dict.fromkeys(names))
    more = len(unique) - _SHOWN
    return ", ".join(unique[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
