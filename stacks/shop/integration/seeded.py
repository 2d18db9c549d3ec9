"""What seed/goods.sql put there: products, customers and orders by number."""

LAST, PAIR, GONE, MANY, CENT = range(4001, 4006)
ANNA, BELA = 12001, 12002
PLACED, PAID, SHIPPED = 15001, 15002, 15003
NEXT_ORDER = 15004
PRODUCTS, CUSTOMERS, ORDERS = 4005, 12002, 15003
