CREATE USER app@'%' IDENTIFIED BY 'Zb2wQ9mT4k';
GRANT ALL ON app.* TO app@'%';
-- As the parameters of a managed server are: in no definition.
SET GLOBAL group_concat_max_len = 1024;
