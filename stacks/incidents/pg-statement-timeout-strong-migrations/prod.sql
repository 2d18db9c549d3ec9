ALTER ROLE app SET statement_timeout = '500ms';
