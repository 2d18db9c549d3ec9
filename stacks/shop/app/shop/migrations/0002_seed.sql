-- Sample data, the same on every run: no random(), no now().
-- 4,000 products, 12,000 customers, 15,000 orders with 30,000 lines.

-- A try that was rolled back has used up numbers, and what follows counts on them from 1.
ALTER TABLE products ALTER COLUMN id RESTART;
ALTER TABLE customers ALTER COLUMN id RESTART;
ALTER TABLE orders ALTER COLUMN id RESTART;

INSERT INTO products (sku, name, category, price_cents, stock)
SELECT
    'SKU-' || to_char(n, 'FM00000'),
    (ARRAY['Alpine', 'Baltic', 'Coastal', 'Dune', 'Elbe', 'Fjord', 'Glacier', 'Harz', 'Island', 'Juniper'])[1 + n % 10]
        || ' ' ||
    (ARRAY['Storm', 'Trail', 'Summit', 'Harbour', 'Meadow', 'Night', 'Polar', 'River'])[1 + (n / 10) % 8]
        || ' ' ||
    (ARRAY['Jacket', 'Tent', 'Rucksack', 'Lantern', 'Stove', 'Boots', 'Sleeping Bag', 'Kettle', 'Compass', 'Gloves'])[1 + (n / 80) % 10]
        || ' ' || (100 + n / 800),
    (ARRAY['clothing', 'camping', 'luggage', 'light', 'kitchen', 'footwear', 'camping', 'kitchen', 'navigation', 'clothing'])[1 + (n / 80) % 10],
    490 + (n * 7919) % 24000,
    50 + (n * 31) % 450
FROM generate_series(1, 4000) AS n;

INSERT INTO customers (email, name, city, created_at)
SELECT
    'customer' || n || '@mail.example',
    (ARRAY['Anke', 'Bjarne', 'Carla', 'Deniz', 'Emil', 'Frauke', 'Grażyna', 'Hüseyin', 'Ines', 'Jörg', 'Kerstin'])[1 + n % 11]
        || ' ' ||
    (ARRAY['Albers', 'Behrens', 'Claussen', 'Dierks', 'Ehlers', 'Feddersen', 'Großmann', 'Hinrichs', 'Ivers', 'Jürgens', 'Köster', 'Lüders', 'Möller'])[1 + (n / 11) % 13],
    (ARRAY['Hamburg', 'Kiel', 'Lübeck', 'Bremen', 'Rostock', 'Flensburg', 'Münster'])[1 + n % 7],
    timestamptz '2021-01-01 08:00:00+00' + n * interval '97 minutes'
FROM generate_series(1, 12000) AS n;

INSERT INTO orders (customer_id, status, placed_at, paid_at, payment_reference, shipped_at)
SELECT
    1 + (n * 5003) % 12000,
    (ARRAY['shipped', 'shipped', 'shipped', 'paid'])[1 + n % 4],
    placed_at,
    placed_at + interval '2 minutes',
    'seed-' || n,
    CASE WHEN n % 4 < 3 THEN placed_at + interval '1 day' END
FROM (
    SELECT n, timestamptz '2023-03-01 09:00:00+00' + n * interval '61 minutes' AS placed_at
    FROM generate_series(1, 15000) AS n
) AS history;

-- Two products an order; they differ, as 1 + (n * 13 + 2000) % 4000 is half the catalogue away.
INSERT INTO order_lines (order_id, product_id, quantity, price_cents)
SELECT n, product.id, 1 + (n + line) % 3, product.price_cents
FROM generate_series(1, 15000) AS n
CROSS JOIN generate_series(0, 1) AS line
JOIN products AS product ON product.id = 1 + (n * 13 + line * 2000) % 4000;

INSERT INTO shipments (order_id, shipped_at)
SELECT id, shipped_at FROM orders WHERE status = 'shipped';
