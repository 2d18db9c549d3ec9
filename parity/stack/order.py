"""The order services start in: `depends_on`, with its conditions."""

from collections.abc import Collection, Mapping

from parity.errors import DefinitionError
from parity.model.document import Document
from parity.model.stack import GATEWAY

STARTED = "service_started"
HEALTHY = "service_healthy"
COMPLETED = "service_completed_successfully"


def dependencies(
    services: Mapping[str, Document], *, gateway_first: bool = False
) -> dict[str, dict[str, str]]:
    """Service -> {service it waits for: condition}; everything starts after the gateway.

    Its being ready need not be waited for, unless there are hosts to reach through it: without it
    the networks lead nowhere, and only the quick refusal is missing for its second of start-up.
    """
    graph: dict[str, dict[str, str]] = {}
    for name, service in services.items():
        waits = {
            other: str((how or {}).get("condition", STARTED))
            for other, how in (service.get("depends_on") or {}).items()
            if other in services
        }
        mode = str(service.get("network_mode", ""))
        if mode.startswith("service:"):
            waits.setdefault(mode.removeprefix("service:"), STARTED)
        if name != GATEWAY and GATEWAY in services:
            waits[GATEWAY] = HEALTHY if gateway_first else STARTED
        graph[name] = waits
    _refuse_cycles(graph)
    return graph


def awaited(services: Mapping[str, Document]) -> frozenset[str]:
    """Services that another one waits for to complete: they are jobs, whatever they are called."""
    return frozenset(
        other
        for waits in dependencies(services).values()
        for other, condition in waits.items()
        if condition == COMPLETED
    )


def jobs(services: Mapping[str, Document], answering: Collection[str] = ()) -> frozenset[str]:
    """Services that may end by themselves.

    Such is one that another waits for to complete. Of the rest only those that never restart and
    that nothing asks anything: no health check, no port (`answering` are the published services).
    """
    found = set(awaited(services))
    for name, service in services.items():
        policy = str(service.get("restart", "no"))
        check = (service.get("healthcheck") or {}).get("disable") is None and service.get(
            "healthcheck"
        )
        asked = check or service.get("expose") or name in answering
        if not asked and (policy in ("no", "False") or policy.startswith("on-failure")):
            found.add(name)
    return frozenset(found)


def _refuse_cycles(graph: Mapping[str, Mapping[str, str]]) -> None:
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        if name in trail:
            circle = " -> ".join([*trail[trail.index(name) :], name])
            raise DefinitionError(
                f"services wait for each other: {circle}", next_step="mend `depends_on`"
            )
        if name not in done:
            for other in graph[name]:
                visit(other, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())
