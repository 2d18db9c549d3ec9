"""`prove`: tries to get out in every listed way, all at once, and tells what came back."""

import json
import threading
import time
from typing import cast

from .attempts import ATTEMPTS, LIMIT
from .record import complain, write_line

Probe = dict[str, object]
MAX_ATTEMPTS = 512


def prove_from(text: str) -> int:
    """Read the attempts, make them, print the list with outcomes."""
    try:
        probes = parse(text)
    except ValueError as error:
        complain(str(error))
        return 2
    write_line(prove(probes))
    return 0


def parse(text: str) -> list[Probe]:
    """Check the list before anything is tried."""
    try:
        items = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"PARITY_PROVE is not JSON: {error}") from error
    if not isinstance(items, list) or len(items) > MAX_ATTEMPTS:
        raise ValueError(f"PARITY_PROVE must be a list of at most {MAX_ATTEMPTS} attempts")
    for index, item in enumerate(items):
        problem = _problem(item)
        if problem:
            raise ValueError(f"PARITY_PROVE[{index}]: {problem}")
    return items


def _problem(item: object) -> str | None:
    if not isinstance(item, dict):
        return "must be an object"
    if item.get("kind") not in list(ATTEMPTS):  # A list, because the value may be unhashable.
        return f"kind must be one of {', '.join(ATTEMPTS)}"
    if not isinstance(item.get("address"), str) or not item["address"]:
        return "address must be a non-empty string"
    port = item.get("port")
    needs_port = item["kind"] in ("tcp", "udp")
    if needs_port and (isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536):
        return "port must be a number from 1 to 65535"
    return None


def prove(probes: list[Probe]) -> list[Probe]:
    """Make all attempts in parallel; each has its own time limit."""
    results: list[Probe] = [
        {**p, "outcome": "timeout", "detail": "no answer in time", "milliseconds": LIMIT * 1000}
        for p in probes
    ]
    # Daemons: a name lookup can't be interrupted, and must not keep the process alive.
    threads = [
        threading.Thread(target=_try, args=(probe, results[index]), daemon=True)
        for index, probe in enumerate(probes)
    ]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + LIMIT + 0.5
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [dict(result) for result in results]


def _try(probe: Probe, result: Probe) -> None:
    start = time.monotonic()
    port = cast("int", probe.get("port") or 0)
    outcome, detail = ATTEMPTS[str(probe["kind"])](str(probe["address"]), port)
    spent = round((time.monotonic() - start) * 1000, 1)
    result.update(outcome=outcome, detail=detail, milliseconds=spent)
