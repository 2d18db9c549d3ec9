"""Are the first words of a stream there while the rest is still thought of?"""

import time
import urllib.request

begun = time.monotonic()
urllib.request.urlopen("http://proxy:8080/").read(1)
print("first words at once" if time.monotonic() - begun < 3 else "nothing for three seconds")
