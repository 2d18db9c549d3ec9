"""Answers every request with what it got and who it is; `udp PORT` sends datagrams back."""

import json
import socket
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

STARTED = time.monotonic()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.headers.get("Upgrade") == "echo":
            return self.echo()
        if self.path == "/stream":
            return self.stream()
        if self.path == "/ready":
            early = time.monotonic() - STARTED < 1
            return self.answer({"asked_by": self.headers.get("X-Asked-By")}, 503 if early else 200)
        return self.answer({"path": self.path, "headers": dict(self.headers.items())})

    def do_POST(self):
        body = b""
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer({"path": self.path, "length": len(body)})

    def answer(self, body, status=200):
        body["host"], body["port"] = socket.gethostname(), self.server.server_port
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def stream(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in (b"one", b"two", b"three"):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            time.sleep(0.2)
        self.wfile.write(b"0\r\n\r\n")

    def echo(self):
        self.send_response(101)
        self.send_header("Connection", "Upgrade")
        self.send_header("Upgrade", "echo")
        self.end_headers()
        while data := self.connection.recv(1024):
            self.connection.sendall(data.upper())
        self.close_connection = True


def datagrams(port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("0.0.0.0", port))
    while True:
        data, peer = sock.recvfrom(2048)
        sock.sendto(data.upper(), peer)


if sys.argv[1] == "udp":
    datagrams(int(sys.argv[2]))
ThreadingHTTPServer(("0.0.0.0", int(sys.argv[1])), Handler).serve_forever()
