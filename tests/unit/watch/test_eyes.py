"""Folders that are looked at, with real events of the kernel."""

import errno
import logging
import os
import shutil
import time

import pytest

from parity.watch.batch import Collector
from parity.watch.eyes import Eyes

SECONDS = 20


@pytest.fixture
def eyes(tmp_path):
    told = []
    (tmp_path / "probe").mkdir()
    collector = Collector()
    made = Eyes(collector, told.append)
    made.told, made.collector = told, collector
    yield made
    made.close()


def look(eyes, tmp_path, **folders):
    eyes.look({tmp_path / name: deep for name, deep in folders.items()}, tmp_path / "probe")


def seen(eyes, path):
    """Whether an event at a path arrives."""
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        batch = eyes.collector.take(0.2)
        if batch and (str(path) in batch.paths):
            return True
    return False


def nothing(eyes):
    batch = eyes.collector.take(0.3)
    return batch is None or not batch.paths


def test_a_save_is_seen_and_so_is_one_below(eyes, tmp_path):
    (tmp_path / "src" / "deep").mkdir(parents=True)
    look(eyes, tmp_path, src=True)
    (tmp_path / "src" / "a.py").write_text("a")
    assert seen(eyes, tmp_path / "src" / "a.py")
    (tmp_path / "src" / "deep" / "b.py").write_text("b")
    assert seen(eyes, tmp_path / "src" / "deep" / "b.py")


def test_reading_is_no_change(eyes, tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text("a")
    look(eyes, tmp_path, src=True)
    while eyes.collector.take(0.3):
        pass
    (tmp_path / "src" / "a.py").read_text()
    os.listdir(tmp_path / "src")
    assert nothing(eyes)


def test_rename_and_replace_is_seen_at_the_files_name(eyes, tmp_path):
    (tmp_path / "src").mkdir()
    look(eyes, tmp_path, src=False)
    (tmp_path / "src" / ".a.py.tmp").write_text("a")
    os.replace(tmp_path / "src" / ".a.py.tmp", tmp_path / "src" / "a.py")
    assert seen(eyes, tmp_path / "src" / "a.py")


def test_a_folder_that_was_made_again_is_another_one(eyes, tmp_path):
    (tmp_path / "src").mkdir()
    look(eyes, tmp_path, src=True)
    shutil.rmtree(tmp_path / "src")
    (tmp_path / "src").mkdir()
    while not eyes.collector.take(SECONDS).everything:  # what happened in between was not seen
        look(eyes, tmp_path, src=True)
    (tmp_path / "src" / "a.py").write_text("a")
    assert seen(eyes, tmp_path / "src" / "a.py")


def test_what_is_wanted_no_more_is_not_looked_at(eyes, tmp_path):
    (tmp_path / "src").mkdir()
    look(eyes, tmp_path, src=True)
    look(eyes, tmp_path)
    (tmp_path / "src" / "a.py").write_text("a")
    assert nothing(eyes)


def test_folders_that_are_not_there_are_no_error(eyes, tmp_path):
    look(eyes, tmp_path, none=True)
    assert not eyes.polling


@pytest.mark.parametrize("name", [".parity/lock", ".git/index", ".git/objects/ab"])
def test_parity_and_git_at_work_are_no_changes(eyes, tmp_path, name):
    (tmp_path / name).parent.mkdir(parents=True)
    eyes.look({tmp_path: True}, tmp_path / "probe")
    while eyes.collector.take(0.3):
        pass
    (tmp_path / name).write_text("x")
    assert nothing(eyes)


def test_the_branch_is(eyes, tmp_path):
    (tmp_path / ".git").mkdir()
    eyes.look({tmp_path / ".git": False}, tmp_path / "probe")
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/x")
    assert seen(eyes, tmp_path / ".git" / "HEAD")


@pytest.mark.parametrize(
    ("number", "limit"), [(errno.ENOSPC, "max_user_watches"), (errno.EMFILE, "max_user_instances")]
)
def test_where_the_kernel_has_no_more_watches_files_are_polled_and_it_is_told_once(
    eyes, tmp_path, monkeypatch, number, limit
):
    from watchdog.observers.inotify import InotifyObserver

    def full(self, handler, path, **options):
        raise OSError(number, "no more")

    monkeypatch.setattr(InotifyObserver, "schedule", full)
    (tmp_path / "src").mkdir()
    look(eyes, tmp_path, src=True)
    look(eyes, tmp_path, src=True)
    assert eyes.polling
    assert [limit in one.text for one in eyes.told] == [True]
    time.sleep(0.2)
    (tmp_path / "src" / "a.py").write_text("a")
    assert seen(eyes, tmp_path / "src" / "a.py")


def test_dropped_events_mean_that_everything_is_looked_at(eyes, capsys):
    logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed")
    assert eyes.collector.take(1).everything
    assert capsys.readouterr().err == ""
