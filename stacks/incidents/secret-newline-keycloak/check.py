"""Connects with the password as the secret store gave it."""

import os

import psycopg2

given = {name: os.environ[f"DB_{name.upper()}"] for name in ("host", "user", "password")}
psycopg2.connect(dbname=os.environ["DB_NAME"], **given)
print("connected")
