CREATE TABLE products (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sku text NOT NULL UNIQUE,
    name text NOT NULL,
    category text NOT NULL,
    price_cents integer NOT NULL CHECK (price_cents > 0),
    stock integer NOT NULL CHECK (stock >= 0)
);

CREATE TABLE customers (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    city text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE orders (
    id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers (id),
    status text NOT NULL CHECK (status IN ('placed', 'paid', 'shipped')),
    placed_at timestamptz NOT NULL DEFAULT now(),
    paid_at timestamptz,
    payment_reference text,
    shipped_at timestamptz
);

CREATE TABLE order_lines (
    order_id integer NOT NULL REFERENCES orders (id),
    product_id integer NOT NULL REFERENCES products (id),
    quantity integer NOT NULL CHECK (quantity > 0),
    price_cents integer NOT NULL CHECK (price_cents > 0),
    PRIMARY KEY (order_id, product_id)
);

-- One shipment an order: what makes a second delivery of the same message harmless.
CREATE TABLE shipments (
    order_id integer PRIMARY KEY REFERENCES orders (id),
    shipped_at timestamptz NOT NULL DEFAULT now()
);
