"""A tool makes its own table anew, by its bare name."""

import os

import psycopg2

cursor = psycopg2.connect(os.environ["DATABASE_URL"]).cursor()
cursor.execute("DROP TABLE IF EXISTS layer")
cursor.execute("CREATE TABLE layer (title text)")
print("migrated")
