"""A picture of 3 MB is uploaded."""

import urllib.request

print(urllib.request.urlopen("http://proxy:8080/upload", data=b"x" * 3_000_000).read().decode())
