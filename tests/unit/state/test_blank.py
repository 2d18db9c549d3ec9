"""Volumes for the moment: made like a first start would, gone whatever happens."""

from types import SimpleNamespace

import pytest

from parity.model.state import SavedVolume, State
from parity.state import blank as module
from parity.state.blank import begun, blank
from parity.state.volumes import DataVolume, Use

MISSING = (DataVolume("files", "s_files", (Use("web", 1, "/srv"),)),)
ATTRS = [{"Image": "sha256:web", "Config": {"Labels": {"dev.parity.service": "web"}}}]


@pytest.fixture
def client():
    made = SimpleNamespace(there={}, containers=[], removed=[])
    made.volumes = SimpleNamespace(
        create=lambda name, **body: made.there.update({name: body}),
        get=lambda name: SimpleNamespace(remove=lambda: made.there.pop(name)),
    )

    def create(config):
        made.containers.append(config)
        return {"Id": "c1"}

    made.api = SimpleNamespace(
        create_container_from_config=create,
        remove_container=lambda found, **_: made.removed.append(found),
    )
    return made


def test_a_blank_one_has_what_the_image_has_there(client):
    with blank(client, MISSING, ATTRS, {"lease": "me"}) as made:
        (one,) = made
        assert (one.key, one.uses) == ("files", MISSING[0].uses)
        assert one.name != "s_files"
        mount = client.containers[0]["HostConfig"]["Mounts"][0]
        assert (mount["Source"], mount["Target"]) == (one.name, "/srv")
        assert "VolumeOptions" not in mount, "the engine copies the image's files into it"
        assert client.containers[0]["Image"] == "sha256:web"
        assert client.removed == ["c1"], "it was never started"
        assert client.there[one.name]["labels"]["lease"] == "me"
    assert client.there == {}


def test_it_is_gone_also_when_something_fails(client):
    with pytest.raises(KeyError), blank(client, MISSING, ATTRS, {}):
        raise KeyError
    assert client.there == {}


def test_none_is_missing(client):
    with blank(client, (), ATTRS, {}) as made:
        assert made == ()


def test_one_that_is_begun_has_what_the_state_has(client, monkeypatch):
    forgotten = []
    monkeypatch.setattr(
        module.live,
        "derive",
        lambda s, b, state, places: {k: (p, {"o": p}) for k, p in places.items()},
    )
    monkeypatch.setattr(module.live, "forget", lambda store, places: forgotten.extend(places))
    volume = SavedVolume("files", ("web",), 1, 1, "d", "q")
    state = State("a1", "schema", "s", "d", "2026", "copy", (volume,))
    with begun(client, None, None, MISSING, state, {}) as made:
        place = client.there[made[0].name]["driver_opts"]["o"]
    assert client.there == {}
    assert forgotten == [place]
