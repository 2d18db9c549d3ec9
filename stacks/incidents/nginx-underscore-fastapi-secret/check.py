"""A request with its key in a header whose name has an underscore."""

import urllib.request

request = urllib.request.Request("http://proxy:8080/", headers={"secret_key": "open"})
print(urllib.request.urlopen(request).read().decode())
