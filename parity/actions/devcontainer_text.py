"""The text of `.devcontainer/`: what an editor needs to know, each line with its reason."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from parity.model.document import Document
from parity.model.project import DevcontainerTable
from parity.stack.devcontainer import DEFINITION, RECIPE

_FORWARDABLE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_SECURE = (443, 8443)

_START = """\
On this machine, before all else: `parity up` with room for an editor in `{}`,
then `parity check`, whose findings are shown and stop nothing."""
_SEEN_TO = """\
parity has seen to these three: the container outlives production's command, and this
account has the numbers of whoever owns the folder. The service runs as its own user."""
_RECIPE = """\
# The editor's tools on production's image. `parity devcontainer start` builds it: PRODUCTION is the
# digest of parity.lock, and after these lines come the editor's account, the program that keeps the
# container alive, and production's own user, folder and command again.
ARG PRODUCTION
FROM ${PRODUCTION}
USER root
"""
_TOOLS = """\
RUN set -eu; \\
    tools="{tools}"; \\
    if command -v apt-get; then \\
        apt-get update; \\
        DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $tools; \\
        rm -rf /var/lib/apt/lists/*; \\
    elif command -v apk; then apk add --no-cache libstdc++ $tools; \\
    elif command -v microdnf; then microdnf install -y $tools; \\
    elif command -v dnf; then dnf install -y $tools; \\
    else echo "production's image has no package manager that is known here" >&2; exit 1; fi
"""


def files(name: str, table: DevcontainerTable, services: Mapping[str, Document]) -> dict[str, str]:
    """File name -> text, for the project `name`."""
    return {DEFINITION: _definition(name, table, services), RECIPE: _recipe(table)}


def _recipe(table: DevcontainerTable) -> str:
    tools = " ".join(table.tools)
    return _RECIPE + (_TOOLS.format(tools=tools) if tools else "")


def _definition(name: str, table: DevcontainerTable, services: Mapping[str, Document]) -> str:
    ports = forwarded(table.service, services)
    rows: list[tuple[str, str, Any]] = [
        ("", "name", name),
        (
            _START.format(table.service),
            "initializeCommand",
            "parity devcontainer start",
        ),
        (
            "What that wrote; `parity devcontainer start` keeps the link to the stack of this worktree.",
            "dockerComposeFile",
            "../.parity/.devcontainer/compose.yaml",
        ),
        ("", "service", table.service),
        (
            ""
            if table.workspace
            else "The same path inside as outside: so links and git's worktrees hold.",
            "workspaceFolder",
            table.workspace or "${localWorkspaceFolder}",
        ),
        (
            _SEEN_TO,
            "overrideCommand",
            False,
        ),
        ("", "updateRemoteUserUID", False),
        ("", "remoteUser", table.user),
        (
            "Tests, other windows and `parity watch` use the stack as well: `parity down` ends it.",
            "shutdownAction",
            table.shutdown,
        ),
    ]
    if ports:
        rows.append(("", "forwardPorts", ports))
        rows.append(("", "portsAttributes", _attributes(table.service, ports)))
    if table.environment:
        rows.append(("", "remoteEnv", dict(table.environment)))
    rows.append(
        ("What production's command does here.", "postAttachCommand", "parity-service status")
    )
    if table.extensions:
        vscode = {"vscode": {"extensions": list(table.extensions)}}
        rows.append(("", "customizations", vscode))
    return _jsonc(rows)


def _jsonc(rows: Sequence[tuple[str, str, Any]]) -> str:
    lines = [
        "// Written by `parity devcontainer`, and yours from now on: it is never overwritten.",
        "{",
    ]
    for number, (comment, key, value) in enumerate(rows, start=1):
        lines += [f"  // {line}" for line in comment.splitlines()]
        text = json.dumps(value, indent=2, ensure_ascii=False).replace("\n", "\n  ")
        lines.append(f"  {json.dumps(key)}: {text}{',' if number < len(rows) else ''}")
    return "\n".join([*lines, "}"]) + "\n"


def forwarded(name: str, services: Mapping[str, Document]) -> list[int | str]:
    """The service's own ports, and those that production publishes and the service can reach."""
    own = services[name]
    mine = [*_published(own), *(int(str(p).partition("/")[0]) for p in _exposed(own))]
    others = [
        f"{other}:{port}"
        for other, service in services.items()
        if other != name
        and set(other) <= _FORWARDABLE
        and set(service.get("networks") or ()) & set(own.get("networks") or ())
        for port in _published(service)
    ]
    return [*dict.fromkeys(mine), *dict.fromkeys(others)]


def _published(service: Document) -> list[int]:
    ports = service.get("ports") or []
    return [int(p["target"]) for p in ports if p.get("protocol", "tcp") == "tcp"]


def _exposed(service: Document) -> list[str]:
    texts = [str(port) for port in service.get("expose") or ()]
    return [text for text in texts if "-" not in text and not text.endswith("/udp")]


def _attributes(name: str, ports: Sequence[int | str]) -> dict[str, dict[str, str]]:
    found = {}
    for port in ports:
        service, _, number = str(port).rpartition(":")
        scheme = {"protocol": "https"} if int(number) in _SECURE else {}
        found[str(port)] = {"label": service or name, **scheme, "onAutoForward": "silent"}
    return found
