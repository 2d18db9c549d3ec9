"""One service calls another one, as its variables tell it."""

import os
import urllib.request

print(urllib.request.urlopen(os.environ["BACKEND_URL"], timeout=5).status)
