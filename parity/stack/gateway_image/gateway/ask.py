"""`ask`: one probe of production (HTTP, TCP or gRPC) put to a container, as its orchestrator would."""

import json
import socket
from collections.abc import Mapping

from .fields import SettingsError, port_number, table
from .grpc import GrpcError, check
from .record import write_line

AGENT = "kube-probe/1.32"
MAX_LINE = 4096


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
        with socket.create_connection((host, port), timeout) as sock:
            if kind == "tcp":
                return True, "connected"
            if kind == "http":
                return _http(fields, sock, port)
            return True, check(sock, str(fields.get("service") or ""))
    except TimeoutError:
        return False, "no answer in time"
    except (OSError, GrpcError) as error:
        return False, getattr(error, "strerror", None) or str(error) or type(error).__name__


def _read(probe: str) -> tuple[str, dict[str, object]]:
    tree = table(json.loads(probe))
    for kind in ("http", "tcp", "grpc"):
        if kind in tree:
            return kind, table(tree[kind])
    raise SettingsError("a probe is http, tcp or grpc")


def _http(fields: Mapping[str, object], sock: socket.socket, port: int) -> tuple[bool, str]:
    """GET the path: any status from 200 to 399 passes; certificates are not looked at."""
    if str(fields.get("scheme") or "http").lower() == "https":
        import ssl

        context = ssl._create_unverified_context()  # noqa: S323, SLF001 - as the kubelet does
        sock = context.wrap_socket(sock)
    usual = {"Host": f"{sock.getpeername()[0]}:{port}", "User-Agent": AGENT, "Accept": "*/*"}
    headers = {**usual, **_headers(fields), "Connection": "close"}
    lines = [f"GET {_path(fields)} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace"))
    data = b""
    while b"\n" not in data and len(data) < MAX_LINE:
        piece = sock.recv(MAX_LINE)
        if not piece:
            break
        data += piece
    words = data.partition(b"\n")[0].decode("latin-1").split(None, 2)
    if len(words) < 2 or not words[0].startswith("HTTP/") or not words[1].isdigit():
        return False, f"not HTTP: {data[:60]!r}"
    return 200 <= int(words[1]) < 400, " ".join(words[1:])


def _path(fields: Mapping[str, object]) -> str:
    path = str(fields.get("path") or "/")
    return path if path.startswith("/") else f"/{path}"


def _headers(fields: Mapping[str, object]) -> dict[str, str]:
    given = fields.get("headers") or {}
    if isinstance(given, list):  # as Kubernetes writes them
        given = {str(h["name"]): h.get("value", "") for h in given if isinstance(h, dict)}
    return {str(key): str(value) for key, value in table(given).items()}
