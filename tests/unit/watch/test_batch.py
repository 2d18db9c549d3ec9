"""Events become one batch when they have come to rest."""

import threading
import time

import pytest

from parity.watch.batch import Collector, Window


def gathered(*events):
    window = Window()
    for path, at in events:
        window.add(path, at)
    return window


def test_a_save_is_complete_after_a_moment_of_quiet():
    window = gathered(("a", 10.0), ("a", 10.02))
    assert window.rest(10.05) == pytest.approx(0.07)
    assert window.rest(10.2) == 0
    assert window.close().paths == {"a"}
    assert window.close().began == 10.0


def test_many_files_are_given_more_time_between_two():
    window = gathered(*((f"f{n}", 10.0) for n in range(100)))
    assert window.rest(10.2) == pytest.approx(0.3)


def test_events_without_an_end_are_answered_at_last():
    window = gathered(*(("log", 10.0 + n / 20) for n in range(400)))
    assert window.rest(25.01) == 0


def test_while_git_works_nothing_is_complete():
    window = gathered(("a", 10.0))
    assert window.rest(60.0, busy=True) > 0
    assert window.rest(131.0, busy=True) == 0, "a lock that was left behind blocks nobody for ever"


def test_a_storm_is_one_batch_that_names_no_more_than_it_must():
    window = gathered(*((f"f{n}", 10.0) for n in range(5000)))
    done = window.close()
    assert done.everything
    assert len(done.paths) == 2000


def test_lost_events_mean_that_everything_is_looked_at():
    assert gathered(("", 1.0)).close().everything
    assert not gathered(("a", 1.0)).close().everything


def test_nothing_is_no_batch():
    assert Collector().take(0.01) is None


def test_what_comes_from_other_threads_is_one_batch():
    collector = Collector()

    def write(name):
        for number in range(50):
            collector.add(f"{name}{number}")

    threads = [threading.Thread(target=write, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    batch = collector.take(5)
    for thread in threads:
        thread.join()
    assert len(batch.paths) == 200
    assert collector.take(0.01) is None


def test_what_comes_while_a_batch_is_answered_is_the_next_one():
    collector = Collector()
    collector.add("a")
    assert collector.take(1).paths == {"a"}
    collector.add("b")
    began = time.monotonic()
    batch = collector.take(1)
    assert batch.paths == {"b"}
    assert abs(batch.began - began) < 1


def test_what_waits_is_seen_and_left():
    collector = Collector()
    assert collector.waiting() is None
    collector.add("a")
    assert collector.waiting() is None, "it has not come to rest"
    time.sleep(0.12)
    assert collector.waiting().paths == {"a"}
    assert collector.waiting().paths == {"a"}
    assert collector.take(1).paths == {"a"}
    assert collector.waiting() is None
