"""A server that listens as many do: on IPv4."""

import socket

server = socket.create_server(("0.0.0.0", 8000))
while True:
    server.accept()[0].close()
