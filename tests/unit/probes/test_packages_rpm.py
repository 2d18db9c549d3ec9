"""rpm's database, as rpm 4.18 made it."""

import gzip
import sqlite3
from pathlib import Path

import pytest

from parity.probes.packages_rpm import packages

REAL = gzip.decompress(
    (Path(__file__).parent / "recorded" / "rpm-4.18-rpmdb.sqlite.gz").read_bytes()
)


def test_names_and_versions():
    assert packages(REAL) == [("shop-tool", "3:1.4-2")]


def database(tmp_path, *statements):
    file = tmp_path / "x.sqlite"
    with sqlite3.connect(file) as connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()
    return file.read_bytes()


def test_an_endless_database_is_left(tmp_path):
    endless = database(
        tmp_path,
        "CREATE VIEW Packages AS WITH RECURSIVE c(blob) AS (SELECT 1 UNION ALL SELECT blob + 1 FROM c) "
        "SELECT blob FROM c",
    )
    assert packages(endless) is None


def test_headers_that_lie_are_no_packages(tmp_path):
    table = "CREATE TABLE Packages (blob BLOB)"
    rows = ("x'ffffffff'", "x''", "3", "zeroblob(4000)", f"x'{'00000001' * 12}'")
    data = database(tmp_path, table, *[f"INSERT INTO Packages VALUES ({row})" for row in rows])
    assert packages(data) == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Packages",
        REAL[:5000],
        REAL[:16] + b"\xff" * 9000,
        REAL[:4096] + b"\xfe" * len(REAL[4096:]),
    ],
)
def test_rubbish_is_none(data):
    assert packages(data) is None
