"""A way of copying is tried in a container that is started twice; nothing is left of it."""

import pytest
from docker.errors import NotFound

from parity.errors import EngineError
from parity.state import trial


class Store:
    """Answers as the agent does; `same` is what it finds at the end."""

    def __init__(self, api, *, same=True):
        self.client, self.image, self.same, self.asked = api, "i:1", same, []

    def run(self, command, **arguments):
        self.asked.append(arguments["do"])
        return {"digest": "d", "same": self.same}


class Api:
    def __init__(self, *codes):
        self.codes, self.starts, self.left, self.api, self.volumes = list(codes), 0, [], self, self

    def create(self, name, driver, driver_opts, labels):
        self.left.append(f"volume {name}")

    def create_container_from_config(self, config, name):
        self.left.append(f"container {name}")

    def start(self, name):
        self.starts += 1

    def wait(self, name):
        return {"StatusCode": self.codes[self.starts - 1]}

    def logs(self, name, **_):
        return (
            b'{"error": "not as it should be: reading"}' if self.codes[self.starts - 1] else b"{}"
        )

    def remove_container(self, name, force):
        self._gone(f"container {name}")

    def remove_volume(self, name):
        self._gone(f"volume {name}")

    def _gone(self, what):
        if what not in self.left:
            raise NotFound(what)
        self.left.remove(what)


class Backend:
    def __init__(self, refusal=""):
        self.refusal = refusal

    def derive(self, store, pairs):
        if self.refusal:
            raise EngineError(self.refusal)
        [(sealed, live)] = pairs
        assert sealed.startswith("trial/") and live.startswith("trial/")
        return [{"type": "none"}]


def test_one_that_works_is_used_twice(store=None):
    api = Api(0, 0)
    assert trial.fails(Store(api), Backend()) == ""
    assert (api.starts, api.left) == (2, [])


@pytest.mark.parametrize("codes", [(1, 0), (0, 1)])
def test_one_that_gets_it_wrong_is_told_and_leaves_nothing(codes):
    api = Api(*codes)
    found = Store(api)
    assert "not as it should be: reading" in trial.fails(found, Backend())
    assert api.left == []
    assert found.asked == ["prepare", "finish"]


def test_one_that_cannot_be_made_is_told():
    api = Api()
    assert trial.fails(Store(api), Backend("too long for a mount")) == "too long for a mount"
    assert api.left == []


def test_a_write_in_the_original_is_told():
    said = trial.fails(Store(Api(0, 0), same=False), Backend())
    assert said == "a write in a copy changed what it was made from"
