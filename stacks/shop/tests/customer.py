"""A customer of the shop, with nothing but the standard library."""

import contextlib
import http.client
import json
import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

HOST = "shop.example"


@dataclass(frozen=True)
class Answer:
    """Status, JSON document and headers of one response."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


class _NamedHTTPS(http.client.HTTPSConnection):
    """Connects to one address while asking, in TLS and HTTP, for the shop's own name."""

    def connect(self) -> None:
        http.client.HTTPConnection.connect(self)
        self.sock = self._context.wrap_socket(self.sock, server_hostname=HOST)


class Client:
    """A customer's browser, more or less."""

    def __init__(self, base: str, authority: str | None) -> None:
        self._parts = urlsplit(base)
        self._tls = ssl.create_default_context(cafile=authority)
        if authority is None:
            self._tls.check_hostname = False
            self._tls.verify_mode = ssl.CERT_NONE

    def get(self, path: str) -> Answer:
        """GET a path."""
        return self._ask("GET", path, None, {})

    def search(self, query: str) -> Answer:
        """The first page of a search."""
        return self.get(f"/products?q={quote(query)}")

    def post(self, path: str, document: Any = None) -> Answer:
        """POST a JSON document, or nothing."""
        body = None if document is None else json.dumps(document).encode()
        return self.post_bytes(path, body)

    def post_bytes(self, path: str, body: bytes | None, kind: str = "application/json") -> Answer:
        """POST bytes as they are."""
        return self._ask("POST", path, body, {"Content-Type": kind} if body is not None else {})

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        connection = self._connection()
        try:
            # A server may answer and hang up before a large body is through.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                connection.request(method, path, body, {"Host": HOST, **headers})
            response = connection.getresponse()
            data = response.read()
            kind = response.headers.get_content_type()
            document = json.loads(data) if kind == "application/json" else data.decode()
            return Answer(
                response.status, document, {k.lower(): v for k, v in response.getheaders()}
            )
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        host = self._parts.hostname or "127.0.0.1"
        if self._parts.scheme == "http":
            return http.client.HTTPConnection(host, self._parts.port or 80, timeout=10)
        return _NamedHTTPS(host, self._parts.port or 443, timeout=10, context=self._tls)
