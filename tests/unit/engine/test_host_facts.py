"""An engine's host."""

from types import SimpleNamespace

import pytest

from parity.engine import host_facts

CLIENT = SimpleNamespace(info=lambda: {"NCPU": 2}, version=lambda: {"Version": "1"})


@pytest.fixture
def clock(monkeypatch):
    """Asking begins at 100 and ends at 102."""
    times = iter([100.0, 102.0])
    monkeypatch.setattr(host_facts.time, "time", lambda: next(times))


@pytest.mark.parametrize(("now", "offset"), [(101, 0), (99.5, -0.5), (402, 300), (0, -100)])
def test_a_clock_is_off_by_more_than_asking_took(clock, monkeypatch, now, offset):
    answer = {"files": {"/proc/meminfo": ""}, "now": now, "disk": 40}
    monkeypatch.setattr(host_facts, "ask", lambda *_: answer)
    seen = host_facts.look(CLIENT, "helper:1", ("/proc/meminfo",), {})
    assert seen.offset == offset
    assert (seen.info, seen.files, seen.disk) == ({"NCPU": 2}, {"/proc/meminfo": ""}, 40)


def test_the_engine_s_own_word():
    seen = host_facts.told(CLIENT)
    assert (seen.info, seen.version, seen.files) == ({"NCPU": 2}, {"Version": "1"}, {})
