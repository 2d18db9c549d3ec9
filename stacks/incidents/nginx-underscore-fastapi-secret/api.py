"""Lets in who sends the key."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Api(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.headers["secret_key"] == "open" else 401)
        self.end_headers()
        self.wfile.write(b"welcome")

    def log_message(self, *words: object) -> None:
        """Nothing."""


ThreadingHTTPServer(("", 8000), Api).serve_forever()
