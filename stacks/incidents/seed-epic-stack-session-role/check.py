"""Somebody signs up; nothing is kept."""

import os

import psycopg2

cursor = psycopg2.connect(os.environ["DATABASE_URL"]).cursor()
cursor.execute("INSERT INTO members VALUES ('a@mail.example', 'user')")
print("signed up")
