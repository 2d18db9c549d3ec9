"""Every start of the service migrates, when nobody has done so yet."""

import os
import time

import psycopg2

connection = psycopg2.connect(os.environ["DATABASE_URL"])
cursor = connection.cursor()
cursor.execute("SELECT to_regclass('orders')")
if cursor.fetchone()[0] is None:
    time.sleep(3)  # what was there before is converted
    cursor.execute("CREATE TABLE orders (id integer PRIMARY KEY)")
    connection.commit()
print("migrated", flush=True)
