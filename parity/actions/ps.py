"""`parity ps`: the stack's containers as they are."""

import json
from typing import Any

from parity.actions.session import Session
from parity.engine import observe
from parity.model.stack import Container
from parity.stack import labels


def ps(session: Session) -> list[dict[str, Any]]:
    """One row a container: service, name, id, state with health, image, and host addresses."""
    published = _published(session)
    return [
        {
            "service": container.service,
            "name": container.name,
            "id": container.id,
            "state": _state(container),
            "image": container.image,
            "address": ", ".join(published.get(container.service, ())),
        }
        for container in observe.of_stack(session.identity.name)
        if container.role != labels.HOLDER
    ]


def _state(container: Container) -> str:
    if container.state == "exited":
        return f"exited ({container.exit_code})"
    return f"{container.state} ({container.health})" if container.health else container.state


def _published(session: Session) -> dict[str, list[str]]:
    """Service -> host addresses, from the gateway that runs."""
    found: dict[str, list[str]] = {}
    for container in observe.of_stack(session.identity.name):
        if container.role != "gateway":
            continue
        settings = _settings(container)
        for port in container.ports:
            public, _, inner = port.partition("->")
            service = settings.get(inner)
            if service:
                found.setdefault(service, []).append(public)
    return found


def _settings(container: Container) -> dict[str, str]:
    attrs = observe.get(f"/containers/{container.id}/json")
    for line in attrs["Config"].get("Env") or []:
        if line.startswith("PARITY_GATEWAY="):
            tree = json.loads(line.partition("=")[2])
            doors = (tree.get("ingress") or {}).get("entries") or []
            return {
                **{f"{p['listen']}/{p['protocol']}": p["service"] for p in tree["publish"]},
                **{f"{door['listen']}/tcp": container.service for door in doors},
            }
    return {}
