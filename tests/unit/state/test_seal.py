"""A state: one instant, copied, settled, measured, and marked last of all."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

from parity.errors import EngineError, StackError
from parity.model.stack import Container
from parity.stack import labels
from parity.state import marks, seal
from parity.state.seal import Sealing
from parity.state.settling import Settled
from parity.state.volumes import DataVolume, Use

from .conftest import container

DATA = DataVolume("data", "s_data", (Use("db", 1, "/data"),))
FILES = DataVolume("up", "s_up", (Use("web", 1, "/up"),))


def listed(service, image="img:1", image_id=""):
    return Container(service, service, service, 1, "running", "", 0, "", "service", image, image_id)


class Store:
    """Measures what it is asked for; notes everything in one order with the pauses."""

    volume = "parity-store"

    def __init__(self, log, client):
        self.log, self.breaks, self.client = log, {}, client

    def _asked(self, how, command, more):
        self.log.append((how, command, more))
        if command in self.breaks and "copies" in more:
            raise self.breaks[command]
        if command == "digest":
            return {
                path: {"files": 2, "bytes": 30, "digest": f"d{path[-1]}", "quick": "q"}
                for path in more["paths"]
            }
        return {}

    def run(self, command, **more):
        return self._asked("run", command, more)

    def once(self, command, volumes, **more):
        return self._asked("once", command, {"volumes": volumes, **more})


@pytest.fixture
def scene(monkeypatch, volumes):
    """A client, a store, and what happens in which order; `ended` died while paused, `later` when it
    went on."""
    log = []
    client = SimpleNamespace(volumes=volumes)
    found = SimpleNamespace(
        client=client, log=log, store=Store(log, client), ended=[], later=(), settles=None
    )

    @contextmanager
    def paused(client, containers, progress, memory_only=()):
        found.paused = [one["Id"] for one in containers]
        log.append(("pause",))
        ended = []
        try:
            yield ended
        finally:
            log.append(("go on",))
            ended += found.ended

    def settle_all(client, store, what, state, progress):
        log.append(("settle", what.places))
        if found.settles:
            raise found.settles
        return Settled({"db": "postgres"}, ("cache",), ("web",))

    monkeypatch.setattr(seal, "paused", paused)
    monkeypatch.setattr(seal, "ended_since", lambda client, containers: tuple(found.later))
    monkeypatch.setattr(seal, "settle_all", settle_all)
    create = volumes.create
    monkeypatch.setattr(
        volumes, "create", lambda *a, **k: log.append(("marker", a[0])) or create(*a, **k)
    )
    return found


def sealing(*volumes, **more):
    attrs = [container("db-1", "db"), container("web-1", "web")]
    attrs += [container("gw-1", "parity-gateway", role="gateway")]
    holder = container("db-1-net", "db", role="holder")
    del holder["Config"]["Labels"]["dev.parity.service"]
    return Sealing(
        **{
            "name": "seeded",
            "project": "shop",
            "containers": [listed("db", image_id="sha256:i"), listed("web")],
            "attrs": [*attrs, holder],
            "volumes": volumes,
            **more,
        }
    )


def backend(clones):
    return SimpleNamespace(name="reflink" if clones else "overlay", clones=lambda: clones)


def made(scene, what, *, clones=False, told=None):
    tell = (lambda step: None) if told is None else told.append
    return seal.seal(scene.client, scene.store, backend(clones), what, tell)


def test_what_is_copied_within_the_instant_and_the_marker_comes_last(scene):
    one = made(scene, sealing(DATA, FILES))
    steps = [row[0] if row[0] not in ("run", "once") else row[1] for row in scene.log]
    assert steps == ["pause", "clone", "go on", "settle", "digest", "manifest", "marker"]
    assert scene.log[-1] == ("marker", marks.marker(one.id))
    assert marks.of_project("shop") == (one,)


def test_only_services_are_paused(scene):
    made(scene, sealing(DATA))
    assert len(scene.paused) == 2, "neither the gateway nor what only holds a network"


def test_data_elsewhere_is_copied_from_the_volume_itself(scene):
    one = made(scene, sealing(DATA, FILES))
    how, _, more = scene.log[1]
    assert how == "once"
    assert more["volumes"] == {"/from/0": "s_data", "/from/1": "s_up"}
    assert more["copies"] == [
        {"from": "/from/0", "to": f"states/{one.id}/0"},
        {"from": "/from/1", "to": f"states/{one.id}/1"},
    ]
    assert more["reflink"] == "never"


def test_data_in_the_store_is_cloned_there_and_only_that(scene):
    one = made(scene, sealing(DATA, FILES, live={"s_up": "live/u"}), clones=True)
    (how, _, here), (other, _, there) = scene.log[1], scene.log[2]
    assert (how, here["reflink"]) == ("run", "always")
    assert here["copies"] == [{"from": "live/u", "to": f"states/{one.id}/1"}]
    assert (other, there["volumes"]) == ("once", {"/from/0": "s_data"})


def test_a_store_that_cannot_clone_copies_all_of_it(scene):
    made(scene, sealing(DATA, live={"s_data": "live/d"}))
    assert [row[0] for row in scene.log[1:2]] == ["once"]


def test_all_that_is_known_of_it_is_written_down(scene):
    what = sealing(DATA, FILES, definition="sha256:def", parent="p1", key="k1")
    one = made(scene, what, clones=True)
    assert (one.name, one.project, one.backend, one.store) == (
        "seeded", "shop", "reflink", "parity-store"
    )  # fmt: skip
    assert (one.definition, one.parent, one.key) == ("sha256:def", "p1", "k1")
    assert one.images == {"db": "sha256:i", "web": "img:1"}
    assert (one.engines, one.empty, one.unsettled) == ({"db": "postgres"}, ("cache",), ("web",))
    assert [(v.key, v.services, v.digest) for v in one.volumes] == [
        ("data", ("db",), "d0"), ("up", ("web",), "d1")
    ]  # fmt: skip
    assert (one.files, one.bytes) == (4, 60)
    assert one.created.endswith("+00:00")


def test_its_digest_is_that_of_files_images_and_definition_alone(scene):
    one, again = made(scene, sealing(DATA)), made(scene, sealing(DATA, name="other", parent="x"))
    assert one.id != again.id
    assert one.digest == again.digest
    assert made(scene, sealing(DATA, definition="new")).digest != one.digest
    assert made(scene, sealing(DATA, FILES)).digest != one.digest
    image = [listed("db", image_id="sha256:other"), listed("web")]
    assert made(scene, sealing(DATA, containers=image)).digest != one.digest


def test_a_stack_without_data_has_a_state_too(scene):
    one = made(scene, sealing())
    assert (one.volumes, one.bytes) == ((), 0)
    assert [row[0] for row in scene.log] == ["pause", "go on", "settle", "run", "marker"]


def test_who_ended_while_it_was_paused_is_told(scene):
    scene.ended, told = ["web"], []
    made(scene, sealing(DATA), told=told)
    assert [(s.subject, s.text) for s in told if s.state == "warning"] == [
        ("web", "ended while it was paused")
    ]


def test_who_ended_when_it_went_on_is_told_once(scene):
    scene.ended, scene.later, told = ["web"], ("db", "web"), []
    made(scene, sealing(DATA), told=told)
    assert [s.subject for s in told if s.state == "warning"] == ["web", "db"]


def test_nothing_is_warned_of_where_all_is_well(scene):
    told = []
    one = made(scene, sealing(DATA), told=told)
    assert [step.state for step in told if step.state == "warning"] == []
    assert told[-1].text == f"seeded sealed: {one.digest[:12]}"


def failed(scene, error, clones=False):
    with pytest.raises(type(error), match=str(error)):
        made(scene, sealing(DATA), clones=clones)
    assert marks.of_project("shop") == ()
    how, command, more = scene.log[-1]
    assert (how, command) == ("run", "clone")
    (place,) = more["remove"]
    assert place.startswith("states/")
    assert place.count("/") == 1, "all of it"


def test_a_full_disk_leaves_no_state_and_takes_away_what_there_was(scene):
    scene.store.breaks["clone"] = EngineError("the store cannot clone: no space left")
    failed(scene, scene.store.breaks["clone"])
    assert ("go on",) in scene.log


def test_an_engine_that_does_not_recover_leaves_no_state(scene):
    scene.settles = StackError("db does not recover")
    failed(scene, scene.settles)


def test_an_interrupt_leaves_no_state(scene):
    scene.settles = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        made(scene, sealing(DATA))
    assert marks.of_project("shop") == ()
    assert "remove" in scene.log[-1][2]


def test_where_nothing_can_be_taken_away_the_reason_is_still_told(scene):
    def run(command, **more):
        raise EngineError("the keeper is gone")

    scene.store.run = run
    scene.settles = StackError("db does not recover")
    with pytest.raises(StackError, match="does not recover"):
        made(scene, sealing(DATA))


def test_a_marker_that_cannot_be_made_leaves_no_state(scene, volumes, monkeypatch, api_error):
    def refuse(*_, **__):
        raise api_error("no space left on device")

    monkeypatch.setattr(volumes, "create", refuse)
    with pytest.raises(EngineError, match="disk is full"):
        made(scene, sealing(DATA))
    assert "remove" in scene.log[-1][2]
    assert labels.MANIFEST not in str(volumes.there)


def test_an_interrupt_while_the_marker_is_made_leaves_no_marker_without_data(
    scene, volumes, monkeypatch
):
    create = volumes.create

    def interrupted(name, **more):
        create(name, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(volumes, "create", interrupted)
    with pytest.raises(KeyboardInterrupt):
        made(scene, sealing(DATA))
    assert marks.of_project("shop") == ()
    assert "remove" in scene.log[-1][2]


def test_where_the_marker_cannot_be_taken_away_the_data_stays(
    scene, volumes, monkeypatch, api_error
):
    create = volumes.create

    def answered_too_late(name, **more):
        create(name, **more)
        raise api_error("timeout")

    def unreachable(name):
        raise api_error("timeout")

    monkeypatch.setattr(volumes, "create", answered_too_late)
    monkeypatch.setattr(volumes, "get", unreachable)
    with pytest.raises(EngineError, match="timeout"):
        made(scene, sealing(DATA))
    assert [row for row in scene.log if row[0] == "run" and "remove" in row[2]] == []


# What is known of files that did not change


def parent(scene, **more):
    return made(scene, sealing(DATA, FILES, **more), clones=True)


def digest(scene):
    return [row[2] for row in scene.log if row[:2] == ("run", "digest")][-1]


def test_what_began_as_the_parents_files_is_compared_with_them(scene):
    first = parent(scene)
    second = made(
        scene, sealing(DATA, FILES, parent=first.id, live={"s_up": "live/u"}), clones=True
    )
    assert digest(scene)["parent"] == first.id
    assert digest(scene)["same"] == {f"states/{second.id}/1": 1}, "the other was copied anew"


@pytest.mark.parametrize("what", ["no parent", "not cloned", "another store"])
def test_else_every_file_is_read(scene, what):
    first = parent(scene)
    if what == "another store":
        scene.store.volume = "parity-pool"
    found = "" if what == "no parent" else first.id
    live = {"s_data": "live/d", "s_up": "live/u"}
    made(scene, sealing(DATA, FILES, parent=found, live=live), clones=what != "not cloned")
    assert "parent" not in digest(scene)
