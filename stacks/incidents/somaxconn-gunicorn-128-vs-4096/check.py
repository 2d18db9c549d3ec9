"""A burst of 400 connections to a server that is busy: how many wait in its queue?"""

import contextlib
import socket

server = socket.create_server(("127.0.0.1", 0), backlog=2048)
waiting = []
with contextlib.suppress(TimeoutError):
    while len(waiting) < 400:
        waiting.append(socket.create_connection(server.getsockname(), timeout=0.5))
print(len(waiting), "wait")
