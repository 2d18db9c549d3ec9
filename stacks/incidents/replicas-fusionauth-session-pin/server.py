"""Sessions in the memory of the process that began them."""

import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SESSIONS = set()


class Server(BaseHTTPRequestHandler):
    """/login begins a session; all else needs one."""

    def do_GET(self) -> None:
        """One request."""
        session = self.headers["Session"] or secrets.token_hex(8)
        if self.path == "/login":
            SESSIONS.add(session)
        self.send_response(200 if session in SESSIONS else 401)
        self.end_headers()
        self.wfile.write(session.encode())

    def log_message(self, *words: object) -> None:
        """Nothing."""


ThreadingHTTPServer(("", 8000), Server).serve_forever()
