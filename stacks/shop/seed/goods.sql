-- What the integration tests know by number, on top of the sample data of the migrations. The
-- numbers follow from there: 4,000 products, 12,000 customers and 15,000 orders were there before.

INSERT INTO products (sku, name, category, price_cents, stock) VALUES
    ('SEED-LAST', 'Seed Lantern, the last one', 'light', 1999, 1),        -- 4001
    ('SEED-PAIR', 'Seed Boots, a pair of them', 'footwear', 8950, 2),     -- 4002
    ('SEED-GONE', 'Seed Tent, sold out', 'camping', 24900, 0),            -- 4003
    ('SEED-MANY', 'Seed Kettle, plenty of them', 'kitchen', 3500, 1000),  -- 4004
    ('SEED-CENT', 'Seed Tent Peg', 'camping', 1, 500);                    -- 4005

INSERT INTO customers (email, name, city, created_at) VALUES
    ('anna@seed.example', 'Anna Søndergaard', 'Flensburg', '2024-01-02 10:00:00+01'),  -- 12001
    ('bela@seed.example', 'Béla Kovács', 'Hamburg', '2024-01-02 11:00:00+01');         -- 12002

-- Anna bought kettles before they became dearer.
INSERT INTO orders (customer_id, status, placed_at, paid_at, payment_reference, shipped_at) VALUES
    (12001, 'placed', '2024-02-01 09:00:00+01', NULL, NULL, NULL),                     -- 15001
    (12001, 'paid', '2024-02-02 09:00:00+01', '2024-02-02 09:02:00+01', 'seed-a', NULL),
    (12002, 'shipped', '2024-02-03 09:00:00+01', '2024-02-03 09:02:00+01', 'seed-b', '2024-02-04 07:30:00+01');

INSERT INTO order_lines (order_id, product_id, quantity, price_cents) VALUES
    (15001, 4004, 2, 2900),
    (15002, 4002, 1, 8950),
    (15003, 4005, 100, 1);

INSERT INTO shipments (order_id, shipped_at) VALUES (15003, '2024-02-04 07:30:00+01');
