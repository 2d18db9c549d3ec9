CREATE USER app@'%' IDENTIFIED BY 'app-of-a-laptop';
GRANT ALL ON app.* TO app@'%';
-- As the parameters of a managed server are: in no definition.
SET GLOBAL max_allowed_packet = 4194304;
