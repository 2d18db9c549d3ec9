"""A user is saved with a language, as the newest migration allows; nothing is kept."""

import os

import psycopg2

cursor = psycopg2.connect(os.environ["DATABASE_URL"]).cursor()
cursor.execute("INSERT INTO users (id, email, locale) VALUES (1, 'a@mail.example', 'de')")
print("saved")
