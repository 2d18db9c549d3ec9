"""The names of two groups in one row, from whichever database the environment has."""

import os

url = os.environ["DATABASE_URL"]
if url.startswith("sqlite:"):
    import sqlite3

    cursor = sqlite3.connect(url.removeprefix("sqlite:///")).cursor()
else:
    import psycopg2

    cursor = psycopg2.connect(url).cursor()
rows = "(SELECT 'dev' AS name UNION SELECT 'ops') AS groups"
cursor.execute(f"SELECT array_agg(name) FROM {rows}")
print(", ".join(sorted(cursor.fetchone()[0])))
