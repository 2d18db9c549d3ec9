CREATE USER app@'%' IDENTIFIED BY 'app-of-a-laptop';
GRANT ALL ON app.* TO app@'%';
