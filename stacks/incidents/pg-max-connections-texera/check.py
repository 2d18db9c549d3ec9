"""Each compute unit has a connection."""

import os

import psycopg2

url, wanted = os.environ["DATABASE_URL"], int(os.environ["COMPUTE_UNITS"])
connections = [psycopg2.connect(url) for _ in range(wanted)]
print(len(connections), "units")
