"""SQLite files among others, whole and damaged, with and without a log beside them."""

import json
import sqlite3

import pytest

from parity.state.engines.sqlite_check import found, main, problems


@pytest.fixture
def database(tmp_path):
    """A database of some pages, in the folder of an application."""
    folder = tmp_path / "data"
    folder.mkdir()
    path = folder / "app.data"
    connection = sqlite3.connect(path)
    connection.execute("create table t (n integer primary key, v text)")
    connection.executemany("insert into t (v) values (?)", [("x" * 500,)] * 200)
    connection.commit()
    connection.close()
    return path


def damage(path, page=5):
    with path.open("r+b") as file:
        file.seek(4096 * page)
        file.write(b"\xff" * 4096)


def test_files_are_found_by_their_first_bytes(database, tmp_path):
    (tmp_path / "notes.sqlite").write_text("no database")
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "link").symlink_to(database)
    assert list(found(tmp_path)) == [database]


def test_a_whole_file_is_in_order_and_a_damaged_one_is_not(database):
    assert problems(database) == []
    damage(database)
    assert problems(database)


def test_a_file_with_a_write_ahead_log_is_checked_with_it_and_left_alone(database, tmp_path):
    connection = sqlite3.connect(database)
    connection.execute("pragma journal_mode=wal")
    connection.execute("insert into t (v) values ('in the log')")
    connection.commit()
    folder = tmp_path / "copy"
    folder.mkdir()
    # As a copy at an instant has it: the log is there, nobody has it open.
    for file in database.parent.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    connection.close()
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert (folder / "app.data-wal").stat().st_size
    assert problems(folder / "app.data") == []
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_a_name_with_signs_of_a_url(database):
    other = database.with_name("a?mode=rw#%41.db")
    database.rename(other)
    assert problems(other) == []


def test_the_answer_names_files_by_their_place(database, tmp_path, capfd):
    damage(database)
    main([str(tmp_path)])
    said = json.loads(capfd.readouterr().out)
    assert said["files"] == 1
    assert said["problems"][0].startswith("data/app.data: ")
    assert len(said["problems"]) <= 5


def test_nothing_there_is_no_problem(tmp_path, capfd):
    main([str(tmp_path / "none"), str(tmp_path)])
    assert json.loads(capfd.readouterr().out) == {"files": 0, "problems": []}
