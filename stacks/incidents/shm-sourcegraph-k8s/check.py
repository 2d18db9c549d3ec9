"""A report that joins large tables, in parallel."""

import os

import psycopg2

cursor = psycopg2.connect(os.environ["DATABASE_URL"]).cursor()
for setting in (
    "min_parallel_table_scan_size = 0",
    "parallel_setup_cost = 0",
    "parallel_tuple_cost = 0",
    "enable_mergejoin = off",
    "max_parallel_workers_per_gather = 2",
):
    cursor.execute(f"SET {setting}")
cursor.execute("SELECT count(*) FROM orders AS one JOIN orders AS other USING (id)")
print(cursor.fetchone()[0])
