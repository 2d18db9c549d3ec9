"""Takes uploads, and says how large they are."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Api(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        size = len(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{size} bytes".encode())

    def log_message(self, *words: object) -> None:
        """Nothing."""


ThreadingHTTPServer(("", 8000), Api).serve_forever()
