"""The first address of localhost is the one that counts, as in newer runtimes."""

import socket

family, kind, _, _, address = socket.getaddrinfo("localhost", 8000, type=socket.SOCK_STREAM)[0]
socket.socket(family, kind).connect(address)
print("connected")
