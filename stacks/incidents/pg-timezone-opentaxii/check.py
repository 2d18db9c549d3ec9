"""A point in time that came with its zone, stored in a column without one."""

import os

import psycopg2

cursor = psycopg2.connect(os.environ["DATABASE_URL"]).cursor()
cursor.execute("SELECT to_char('2026-07-01 12:00+00'::timestamptz::timestamp, 'HH24:MI')")
print(cursor.fetchone()[0])
