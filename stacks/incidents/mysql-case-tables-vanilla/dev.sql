CREATE USER app@'%' IDENTIFIED BY 'app-of-a-laptop';
GRANT ALL ON app.* TO app@'%';
CREATE TABLE app.gdn_user (id integer);
INSERT INTO app.gdn_user VALUES (1);
