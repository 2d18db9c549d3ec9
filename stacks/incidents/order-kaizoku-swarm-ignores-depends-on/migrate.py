"""The first thing that the service does is to migrate."""

import os

import psycopg2

connection = psycopg2.connect(os.environ["DATABASE_URL"])
print("migrated", flush=True)
