"""Progress in bytes."""

from parity.state import meter
from parity.state.meter import Meter, megabytes


def test_it_tells_once_a_second_at_most(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(meter.time, "monotonic", lambda: now[0])
    told = []
    one = Meter("push", 10_000_000, lambda step: told.append(step.text))
    for _ in range(4):
        now[0] += 0.4
        one(1_000_000)
    one.spare(5_000_000)
    now[0] += 1
    one(-500_000)
    assert told == ["3.0 of 10.0 MB", "8.5 of 10.0 MB"]
    assert (one.moved, one.spared) == (3_500_000, 5_000_000)


def test_more_may_be_expected():
    one = Meter("push", 10, lambda step: None)
    one.expect(-3)
    assert one.total == 7


def test_sizes_for_people():
    assert [megabytes(n) for n in (0, 99, 1_234_567, 123_456_789)] == ["0.0", "0.0", "1.2", "123"]
