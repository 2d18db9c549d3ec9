"""A migration tool opens its session with the schema that its own tables are in."""

import os

import psycopg2

psycopg2.connect(os.environ["DATABASE_URL"], options="-c search_path=sqitch,public")
print("deployed")
