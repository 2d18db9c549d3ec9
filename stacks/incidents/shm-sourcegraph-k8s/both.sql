CREATE TABLE orders AS SELECT n AS id, n % 1000 AS customer FROM generate_series(1, 1500000) AS n;
ANALYZE orders;
ALTER TABLE orders OWNER TO app;
