INSERT INTO notes VALUES ('first'), ('second');
