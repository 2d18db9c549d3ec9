"""Which engines can look at a state, and on what."""

from types import SimpleNamespace

import pytest

from parity.model.state import SavedVolume, State
from parity.state import examining
from parity.state.examining import examinable, examine_state
from parity.state.volumes import DataVolume, Use

from .conftest import container

PG = {"Env": ["PGDATA=/data/pg"], "Image": "postgres:15"}
VOLUMES = (
    DataVolume("db", "s_db", (Use("db", 1, "/data"), Use("db", 2, "/data"))),
    DataVolume("other", "s_other", (Use("db", 1, "/other"),)),
    DataVolume("files", "s_files", (Use("web", 1, "/files"),)),
)
STATE = State(
    "a1", "seeded", "s", "d", "2026", "copy",
    tuple(SavedVolume(key, ("db",), 1, 1, "d", "q") for key in ("files", "db")),
)  # fmt: skip


def postgres(name="db-1", number=1):
    return {**container(name, "db", number=number, config=PG), "Path": "postgres", "Args": []}


def test_each_service_with_an_engine_is_asked_once():
    attrs = [postgres("db-2", 2), postgres(), container("web-1", "web")]
    assert {name: one["Name"] for name, one in examinable(attrs, VOLUMES, STATE).items()} == {
        "db": "/s-db-1"
    }


def test_one_whose_volume_the_state_does_not_have_is_not():
    bare = State("a2", "bare", "s", "d", "2026", "copy", ())
    assert examinable([postgres()], VOLUMES, bare) == {}


@pytest.fixture
def client(monkeypatch):
    """An engine that remembers volumes, and a data engine that finds one fault."""
    made = SimpleNamespace(there=[], seen=[], forgotten=[], marks=[])

    def create(name, **body):
        made.there.append(name)
        made.marks.append(body["labels"])

    made.volumes = SimpleNamespace(
        create=create,
        get=lambda name: SimpleNamespace(remove=lambda: made.there.remove(name)),
    )

    def examine(client, attrs, mounts, own, progress):
        made.seen += [(m["Target"], m["Source"] in made.there) for m in mounts]
        if made.seen[0][0] == "/gone":
            raise KeyError
        return ("a page is damaged",)

    monkeypatch.setattr(
        examining.live,
        "derive",
        lambda s, b, state, places: {k: (p, {}) for k, p in places.items()},
    )
    monkeypatch.setattr(
        examining.live, "forget", lambda store, places: made.forgotten.extend(places)
    )
    monkeypatch.setattr(examining, "examine", examine)
    return made


def asked(client, volumes=VOLUMES):
    return examine_state(client, None, None, STATE, postgres(), volumes, {"lease": "me"}, print)


def test_it_looks_at_a_copy_that_is_gone_afterwards(client):
    assert asked(client) == ("a page is damaged",)
    assert client.seen == [("/data", True)], "what the state does not have is not mounted"
    assert client.there == []
    assert len(client.forgotten) == 1
    assert client.marks == [{"lease": "me", "dev.parity.role": "helper"}]


def test_also_when_looking_fails(client):
    with pytest.raises(KeyError):
        asked(client, (DataVolume("db", "s_db", (Use("db", 1, "/gone"),)),))
    assert client.there == []
    assert len(client.forgotten) == 1
