SET ROLE app;
CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL);
CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY);
INSERT INTO alembic_version VALUES ('4c1f');
