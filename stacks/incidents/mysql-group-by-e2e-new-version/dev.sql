CREATE USER app@'%' IDENTIFIED BY 'app-of-a-laptop';
GRANT ALL ON app.* TO app@'%';
-- As the parameters of a managed server are: in no definition.
SET GLOBAL sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES';
