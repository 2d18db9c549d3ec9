"""Each test begins from the same data, whatever another one did: before it, after it, beside it."""

import pytest
from inside import run
from seeded import CUSTOMERS, MANY, NEXT_ORDER, ORDERS, PLACED, PRODUCTS

COUNTS = {"products": PRODUCTS, "customers": CUSTOMERS, "orders": ORDERS, "shipments": 11_251}
RUNNING = ["cache", "db", "proxy", "queue", "web", "web", "worker"]


@pytest.fixture
def found(shop, database, queue, cache, parity_fork):
    """All that a test can have left behind, as this one finds it."""
    return {
        "services": sorted(one.Service for one in parity_fork.get_containers()),
        "health": shop.get("/health").status,
        "rows": {table: database.count(table) for table in COUNTS},
        "tables": database.count("pg_tables", "schemaname = 'public'"),
        "timeout": database.ask("SHOW statement_timeout"),
        "messages": (queue.waiting(), queue.dead()),
        "cached": cache.held(),
        "order": shop.get(f"/orders/{PLACED}").body["status"],
    }


AS_SEEDED = {
    "services": RUNNING,
    "health": 200,
    "rows": COUNTS,
    "tables": 6,
    "timeout": "5s",
    "messages": (0, 1),
    "cached": [],
    "order": "placed",
}


def test_everything_is_as_the_seed_left_it(found):
    assert found == AS_SEEDED


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_everybody_places_the_first_order(buy, stock, turn):
    assert stock(MANY) == 1000
    assert buy((MANY, turn)).body["id"] == NEXT_ORDER


def test_a_test_may_ruin_the_database(shop, database):
    database.ask("DROP TABLE order_lines; DELETE FROM shipments; CREATE TABLE scratch ()")
    database.ask("ALTER ROLE shop SET statement_timeout = '1ms'")
    assert shop.get(f"/orders/{PLACED}").status >= 500


def test_after_a_ruined_database_everything_is_as_seeded(found):
    assert found == AS_SEEDED


def test_a_test_may_leave_files_in_the_volumes(parity_services):
    folders = {"db": "/var/lib/postgresql/data"}
    for service, folder in folders.items():
        run(parity_services[service], ["sh", "-c", f"! test -e {folder}/x && touch {folder}/x"])


def test_nobody_finds_files_that_another_one_left(parity_services):
    test_a_test_may_leave_files_in_the_volumes(parity_services)


def test_a_test_may_leave_messages_and_no_worker(shop, queue, parity_services):
    parity_services["worker"].container.get_wrapped_container().kill()
    assert shop.post(f"/orders/{PLACED}/ship").status == 202
    assert queue.waiting() == 1


def test_after_a_killed_worker_everything_is_as_seeded(found):
    assert found == AS_SEEDED


def test_a_test_may_end_the_services_with_data(parity_services):
    for service in ("db", "queue", "cache"):
        parity_services[service].container.get_wrapped_container().kill()


def test_after_killed_stores_everything_is_as_seeded(found):
    assert found == AS_SEEDED


def test_a_test_may_end_the_shop_itself(parity_fork):
    for container in parity_fork.get_containers():
        if container.Service in ("web", "proxy"):
            container.get_wrapped_container().kill()


def test_after_a_killed_shop_everything_is_as_seeded(found):
    assert found == AS_SEEDED


def test_a_test_may_fill_the_cache(shop, cache):
    assert cache.held() == []
    cache.put("left", "behind")
    shop.get("/products")
    assert len(cache.held()) == 2


def test_nobody_finds_what_another_one_cached(shop, cache):
    test_a_test_may_fill_the_cache(shop, cache)
