CREATE USER app@'%' IDENTIFIED BY 'Zb2wQ9mT4k';
GRANT ALL ON app.* TO app@'%';
CREATE TABLE app.gdn_user (id integer);
INSERT INTO app.gdn_user VALUES (1);
