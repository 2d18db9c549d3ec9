"""A container that is run once is gone afterwards, however it ended."""

from types import SimpleNamespace

import pytest

from parity.engine.once import run_once
from parity.errors import EngineError


class Fake:
    """A container that ends with a code."""

    def __init__(self, code):
        self.code = code
        self.removed = False

    def start(self):
        """Begin, or be interrupted."""
        if self.code is None:
            raise KeyboardInterrupt

    def wait(self, timeout):
        """End at once."""
        return {"StatusCode": self.code}

    def logs(self, *, stdout, stderr):
        """Both streams."""
        return b"said" if stdout else b"wrong"

    def remove(self, **_):
        """Be gone."""
        self.removed = True


def run(fake):
    create = lambda *_, **__: fake
    client = SimpleNamespace(containers=SimpleNamespace(create=create))
    return run_once(client, "image", ["limits"], labels={"a": "b"})


def test_its_output_is_the_answer():
    fake = Fake(0)
    assert run(fake) == b"said"
    assert fake.removed


@pytest.mark.parametrize(("code", "error"), [(3, EngineError), (None, KeyboardInterrupt)])
def test_a_failure_or_an_interrupt_leaves_nothing_behind(code, error):
    fake = Fake(code)
    with pytest.raises(error):
        run(fake)
    assert fake.removed
