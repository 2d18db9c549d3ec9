"""A list in the order of its names."""

import os

import psycopg2

cursor = psycopg2.connect(os.environ["DATABASE_URL"]).cursor()
cursor.execute("SELECT name FROM (VALUES ('apple'), ('Zebra')) AS things (name) ORDER BY name")
print(", ".join(row[0] for row in cursor))
