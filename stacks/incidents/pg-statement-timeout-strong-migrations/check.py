"""A migration that takes a second."""

import os

import psycopg2

cursor = psycopg2.connect(os.environ["DATABASE_URL"]).cursor()
cursor.execute("SELECT pg_sleep(1)")
print("migrated")
