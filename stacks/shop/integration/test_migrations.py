"""The migration job: from nothing, from the release before, twice, two at a time, killed half-way."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from inside import Database
from seeded import MANY, NEXT_ORDER, ORDERS
from waiting import until

nothing_yet = pytest.mark.parity(state="unmigrated", services=["worker"])
release_before = pytest.mark.parity(state="before-search")

CATALOGUE = "SELECT md5(string_agg(p::text, ',' ORDER BY id)) FROM products p WHERE id <= 4000"
HISTORY = "SELECT md5(string_agg(o::text, ',' ORDER BY id)) FROM orders o"
APPLIED = (
    "SELECT string_agg(number || ' ' || applied_at, ',' ORDER BY number) FROM schema_migrations"
)


@pytest.fixture
def job(parity_services):
    """Run production's migration job, in a container that has its image and its database."""
    return lambda: migrate(parity_services["worker"])


def migrate(worker: Any) -> tuple[int, str]:
    code, output = worker.exec(["python3", "-m", "shop.migrate"])
    return code, output.decode().strip()


def last_line(done: tuple[int, str]) -> tuple[int, str]:
    return done[0], done[1].splitlines()[-1]


@nothing_yet
def test_from_nothing(job, database):
    assert database.count("pg_tables", "schemaname = 'public'") == 0
    assert last_line(job()) == (0, "migrate: 3 applied, 3 in all")
    counts = [database.count(table) for table in ("products", "customers", "orders", "order_lines")]
    assert counts == [4000, 12_000, 15_000, 30_000]


@nothing_yet
def test_a_second_time_changes_nothing(job, database):
    job()
    before = [database.ask(sql) for sql in (CATALOGUE, HISTORY, APPLIED)]
    assert job() == (0, "migrate: 0 applied, 3 in all")
    assert [database.ask(sql) for sql in (CATALOGUE, HISTORY, APPLIED)] == before


@nothing_yet
def test_two_jobs_at_once_share_the_work(parity_services, database):
    with ThreadPoolExecutor(2) as jobs:
        done = list(jobs.map(migrate, [parity_services["worker"]] * 2))
    assert [code for code, _ in done] == [0, 0]
    assert sorted(text.splitlines()[-1] for _, text in done) == [
        "migrate: 0 applied, 3 in all",
        "migrate: 3 applied, 3 in all",
    ]
    assert database.count("products") == 4000


@nothing_yet
def test_a_job_that_dies_half_way_is_finished_by_the_next(parity_services, job, database):
    worker = parity_services["worker"]
    with ThreadPoolExecutor(1) as jobs:
        first = jobs.submit(migrate, worker)
        until(lambda: _second_has_begun(database), why="the second migration was not seen")
        database.ask(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'worker'"
        )
        assert first.result()[0] == 1
    assert database.count("products") == 0  # the second migration is there as a whole or not at all
    assert last_line(job()) == (0, "migrate: 2 applied, 3 in all")
    assert database.count("orders") == 15_000


def _second_has_begun(database: Database) -> bool:
    return (
        database.count(
            "pg_stat_activity",
            "application_name = 'worker' AND query LIKE '%Sample data%' AND state = 'active'",
        )
        > 0
    )


@release_before
def test_the_new_release_finds_once_it_is_migrated(shop, job):
    assert shop.search("kettle").status >= 500  # pg_trgm is not there yet
    assert last_line(job()) == (0, "migrate: 1 applied, 3 in all")
    assert shop.search("Seed Ketle").body["items"][0]["id"] == MANY


@release_before
def test_nothing_of_the_release_before_is_lost(job, buy, database):
    before = [database.ask(sql) for sql in (CATALOGUE, HISTORY)]
    job()
    assert [database.ask(sql) for sql in (CATALOGUE, HISTORY)] == before
    assert job() == (0, "migrate: 0 applied, 3 in all")
    assert buy((MANY, 1)).body["id"] == NEXT_ORDER


@release_before
def test_who_buys_while_it_is_migrated_has_an_order_or_is_told_to_wait(buy, job, database):
    with ThreadPoolExecutor(4) as pool:
        done = pool.submit(job)
        sold = [pool.submit(buy, (MANY, 1)) for _ in range(30)]
        told = [one.result().status for one in sold]
        assert done.result()[0] == 0
    # An index that is built keeps orders waiting; one that waits for too long is refused as a whole.
    assert set(told) <= {201, 503}
    assert database.count("orders") == ORDERS + told.count(201)
    assert buy((MANY, 1)).status == 201


def test_where_all_is_done_nothing_is(job, database):
    before = database.ask(APPLIED)
    assert job() == (0, "migrate: 0 applied, 3 in all")
    assert database.ask(APPLIED) == before


def test_a_migration_that_was_edited_is_refused(job, database):
    database.ask("UPDATE schema_migrations SET checksum = 'other' WHERE number = 2")
    assert job() == (4, "migrate: migration 2 was edited after it had been applied")
    assert database.count("orders") == ORDERS


def test_a_database_of_a_later_release_is_refused(job, database):
    database.ask("INSERT INTO schema_migrations VALUES (4, 'later', 'x')")
    assert job() == (4, "migrate: the database has migration 4, which this release lacks")


def test_the_catalogue_is_the_same_on_every_machine(database):
    assert database.ask(CATALOGUE) == "dba70371be6e1a2424a6c57062c2b1c6"
