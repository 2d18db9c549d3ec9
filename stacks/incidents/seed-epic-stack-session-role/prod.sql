SET ROLE app;
CREATE TABLE roles (name text PRIMARY KEY);
CREATE TABLE members (email text PRIMARY KEY, role text NOT NULL REFERENCES roles (name));
INSERT INTO roles VALUES ('admin');
