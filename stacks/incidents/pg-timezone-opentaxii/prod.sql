ALTER DATABASE app SET timezone = 'Europe/Amsterdam';
