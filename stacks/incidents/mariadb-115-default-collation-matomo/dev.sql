CREATE USER app@'%' IDENTIFIED BY 'app-of-a-laptop';
GRANT ALL ON app.* TO app@'%';
-- The database is made by the server as it is configured now.
DROP DATABASE app;
CREATE DATABASE app;
CREATE TABLE app.archive (name varchar(99) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci);
CREATE TABLE app.option_new (name varchar(99));
