"""The first migration asks for an extension; what it did is not kept."""

import os

import psycopg2

cursor = psycopg2.connect(os.environ["DATABASE_URL"]).cursor()
cursor.execute("CREATE EXTENSION pageinspect")
print("migrated")
