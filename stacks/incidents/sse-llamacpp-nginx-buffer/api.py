"""Says a few words, thinks, and says some more."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Api(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        import time

        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"data: hello\n\n")
        time.sleep(4)
        self.wfile.write(b"data: goodbye\n\n")

    def log_message(self, *words: object) -> None:
        """Nothing."""


ThreadingHTTPServer(("", 8000), Api).serve_forever()
