"""Progress that nobody looks at."""

from parity.model.progress import Step, silent


def test_silence_takes_every_step():
    assert silent(Step("web", "started")) is None
