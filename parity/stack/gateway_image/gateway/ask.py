"""`ask`: one probe of production (HTTP, TCP or gRPC) put to a container, as its orchestrator would."""

import http.client
import json
import socket
import ssl
from collections.abc import Mapping

from .fields import SettingsError, port_number, table
from .grpc import GrpcError, check
from .record import write_line

AGENT = "kube-probe/1.32"


def ask(probe: str, host: str, timeout: float) -> int:
    """Print the answer as one JSON line; 0 when it is the right one, 1 when not, 2 for no probe."""
    try:
        kind, fields = _read(probe)
        passed, answer = attempt(kind, fields, host, timeout)
    except (ValueError, RecursionError) as error:
        passed, answer = None, str(error)
    write_line({"ready": bool(passed), "answer": answer})
    return 2 if passed is None else 0 if passed else 1


def attempt(kind: str, fields: Mapping[str, object], host: str, timeout: float) -> tuple[bool, str]:
    """Whether the probe passes, and what was answered."""
    port = port_number(fields.get("port"), "port")
    try:
        if kind == "http":
            return _http(fields, host, port, timeout)
        with socket.create_connection((host, port), timeout) as sock:
            if kind == "tcp":
                return True, "connected"
            return True, check(sock, str(fields.get("service") or ""))
    except TimeoutError:
        return False, "no answer in time"
    except (OSError, GrpcError, http.client.HTTPException) as error:
        return False, getattr(error, "strerror", None) or str(error) or type(error).__name__


def _read(probe: str) -> tuple[str, dict[str, object]]:
    tree = table(json.loads(probe))
    for kind in ("http", "tcp", "grpc"):
        if kind in tree:
            return kind, table(tree[kind])
    raise SettingsError("a probe is http, tcp or grpc")


def _http(fields: Mapping[str, object], host: str, port: int, timeout: float) -> tuple[bool, str]:
    """GET the path: any status from 200 to 399 passes; certificates are not looked at."""
    connection: http.client.HTTPConnection
    if str(fields.get("scheme") or "http").lower() == "https":
        context = ssl._create_unverified_context()  # noqa: S323, SLF001 - as the kubelet does
        connection = http.client.HTTPSConnection(host, port, timeout=timeout, context=context)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request("GET", _path(fields), headers=_headers(fields))
        answer = connection.getresponse()
        return 200 <= answer.status < 400, f"{answer.status} {answer.reason}"
    finally:
        connection.close()


def _path(fields: Mapping[str, object]) -> str:
    path = str(fields.get("path") or "/")
    return path if path.startswith("/") else f"/{path}"


def _headers(fields: Mapping[str, object]) -> dict[str, str]:
    given = fields.get("headers") or {}
    if isinstance(given, list):  # as Kubernetes writes them
        given = {str(h["name"]): h.get("value", "") for h in given if isinstance(h, dict)}
    headers = {str(key): str(value) for key, value in table(given).items()}
    usual = {"User-Agent": AGENT, "Accept": "*/*", "Connection": "close"}
    return {**usual, **headers}
