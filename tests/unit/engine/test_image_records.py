"""Records of images, by the names that definitions use."""

from types import SimpleNamespace

import pytest
from docker.errors import APIError, ImageNotFound

from parity.engine import image_records as module
from parity.engine.image_records import image_records, platform
from parity.errors import EngineError


@pytest.fixture
def engine(monkeypatch):
    """Answers by name; `closed` says whether the client was."""

    def make(**answers):
        def inspect(name):
            found = answers.get(name, ImageNotFound("no such image"))
            if isinstance(found, Exception):
                raise found
            return found

        api = SimpleNamespace(inspect_image=inspect, history=lambda identity: [f"of {identity}"])
        made = SimpleNamespace(api=api, closed=False)
        made.close = lambda: setattr(made, "closed", True)
        monkeypatch.setattr(module, "connect", lambda address: made)
        monkeypatch.setattr(module, "named", lambda context: context)
        return made

    return make


def refusal(status):
    return APIError("no", response=SimpleNamespace(status_code=status, reason=""), explanation="no")


def test_what_is_not_there_or_no_name_is_left_out(engine):
    made = engine(here={"Id": "1"}, odd=refusal(400))
    assert image_records(["here", "away", "odd", "here"]) == {
        "here": {"Id": "1", "History": ["of 1"]}
    }
    assert made.closed


def test_a_refusal_is_told(engine):
    made = engine(here=refusal(500))
    with pytest.raises(EngineError):
        image_records(["here"])
    assert made.closed


def test_the_engines_platform():
    version = {"Os": "linux", "Arch": "arm64", "Version": "27"}
    assert platform(SimpleNamespace(version=lambda: version)) == "linux/arm64"
