"""Start states: saved at one instant, come back whole, survive kills, and go only when nobody needs them."""

import json
import random
import time
import uuid

import pytest

from parity.actions.session import open_session
from parity.actions.spares import Spares
from parity.config.load import load
from parity.model.progress import silent
from parity.paths import ProjectPaths
from parity.state.leases import mine

pytestmark = pytest.mark.engine

SEED = 40
MOMENTS = 3


@pytest.fixture
def notes(project):
    """A running stack that keeps plain files, with a state `seeded` of it; its states go at the end."""
    made = project("notes")
    # States belong to a project, wherever it lies: other tests have their own.
    made.edit("parity.toml", '"notes"', f'"notes{uuid.uuid4().hex[:6]}"')
    made.parity("up")
    write(made, "before")
    made.parity("save", "seeded")
    yield made
    made.parity("down", "--volumes")
    for state in made.json("states")["states"]:
        made.parity("drop", "--force", state["id"])


def write(notes, text: str) -> None:
    script = f"echo {text} > /notes/text; echo {text} > /scratch/text"
    notes.parity("exec", "notes", "sh", "-c", script)


def read(notes) -> list[str]:
    return notes.parity("exec", "notes", "cat", "/notes/text", "/scratch/text").stdout.split()


def runs_of_job(notes) -> int:
    return len(notes.parity("exec", "notes", "cat", "/notes/prepared").stdout.split())


def ids(notes) -> dict[str, str]:
    return {row["service"]: row["id"] for row in notes.json("ps")["containers"]}


def live(client, notes) -> set[str]:
    """Directories of the store that volumes of this stack are."""
    volumes = client.volumes.list(filters={"label": f"dev.parity.stack={notes.name}"})
    return {
        v.attrs["Labels"]["dev.parity.live"]
        for v in volumes
        if "dev.parity.live" in v.attrs["Labels"]
    }


def in_store(client, store: str, *command: str) -> str:
    keepers = client.containers.list(filters={"label": "dev.parity.role=store"})
    keeper = next(c for c in keepers if any(m.get("Name") == store for m in c.attrs["Mounts"]))
    code, said = keeper.exec_run(list(command))
    assert code == 0, said
    return said.decode()


def stores(client) -> list[str]:
    names = {v.name for v in client.volumes.list(filters={"label": "dev.parity.role=store"})}
    return sorted(names - {"parity-pool-image"})


def state_of(notes, name: str) -> dict:
    return next(s for s in notes.json("states")["states"] if s["name"] == name)


def rubbish(notes) -> list[str]:
    found = notes.json("gc", "--dry-run")["removed"]
    return [f"{one['kind']} {one['name']}" for one in found if one["kind"] != "keeper"]


def swept(notes, *kinds: str) -> bool:
    """Whether gc leaves nothing of some kinds. It sees what other tests kill meanwhile as well: ask again."""
    notes.parity("gc")
    return not any(one.startswith(kinds) for one in rubbish(notes))


def test_a_state_comes_back_and_only_what_holds_data_is_made_again(notes):
    before = ids(notes)
    write(notes, "after")
    notes.parity("reset", "seeded")
    assert read(notes) == ["before", "before"]
    assert runs_of_job(notes) == 1, "what the job did is in the state"
    after = ids(notes)
    assert {name for name in before if before[name] == after[name]} == {"aside", "parity-gateway"}
    assert notes.parity("up").stderr.count("nothing to do") == 1


def test_a_stack_that_is_down_is_reset_and_brought_up(notes):
    write(notes, "after")
    notes.parity("down")
    notes.parity("reset", "seeded")
    assert read(notes) == ["before", "before"]
    assert runs_of_job(notes) == 1


def test_a_stack_that_lost_its_volumes_is_reset(notes):
    notes.parity("down", "--volumes")
    notes.parity("reset", "seeded")
    assert read(notes) == ["before", "before"]
    assert runs_of_job(notes) == 1


def test_a_stack_with_one_service_gone_is_reset(notes, client):
    client.containers.get(f"{notes.name}-web-1").remove(force=True)
    write(notes, "after")
    notes.parity("reset", "seeded")
    assert read(notes) == ["before", "before"]
    assert "web" in ids(notes)


def test_down_with_volumes_takes_its_directories_and_forgets_the_state(notes, client):
    notes.parity("reset", "seeded")
    places = live(client, notes)
    assert places
    notes.parity("down", "--volumes")
    store = state_of(notes, "seeded")["store"]
    there = in_store(client, store, "ls", "/store/live").split()
    assert not {place.partition("/")[2] for place in places} & set(there)
    notes.parity("up")
    assert notes.parity("exec", "notes", "ls", "/notes").stdout.split() == ["prepared"]


@pytest.mark.parametrize("healer", [["up"], ["reset"], ["save", "again", "--replace"]])
def test_a_reset_that_was_killed_is_finished_by_what_comes_next(notes, healer, until):
    chance = random.Random(f"{SEED}{healer[0]}")
    started = time.monotonic()
    notes.parity("reset", "seeded")
    whole = time.monotonic() - started
    for _ in range(MOMENTS):
        write(notes, "after")
        killed = notes.start("reset", "seeded")
        time.sleep(chance.uniform(0.1, whole))
        killed.kill()
        killed.communicate()
        told = notes.parity("ps").stderr
        notes.parity(*healer)
        pending = "not finished" in told or healer == ["reset"]
        found = read(notes)
        assert found in ([["before"] * 2] if pending else [["before"] * 2, ["after"] * 2])
        assert "not finished" not in notes.parity("ps").stderr
    until(lambda: swept(notes, "data", "container", "volume"), seconds=60, what="all is swept")


def test_a_save_that_was_killed_leaves_no_state_and_nobody_paused(notes, client, until):
    chance = random.Random(SEED)
    started = time.monotonic()
    notes.parity("save", "whole")
    whole = time.monotonic() - started
    for number in range(MOMENTS):
        killed = notes.start("save", f"half{number}")
        time.sleep(chance.uniform(0.1, whole))
        killed.kill()
        killed.communicate()
        notes.parity("up")
        assert {row["state"].split()[0] for row in notes.json("ps")["containers"]} <= {
            "running",
            "exited",
        }
        sealed = {state["name"] for state in notes.json("states")["states"]}
        if f"half{number}" in sealed:
            notes.parity("verify", f"half{number}")
    kinds = ("unfinished", "container", "volume")
    until(lambda: swept(notes, *kinds), seconds=60, what="all is swept")
    assert state_of(notes, "seeded")


def test_services_that_a_killed_save_left_paused_go_on_with_the_next_save(notes, client):
    for service in ("notes", "web"):
        client.containers.get(f"{notes.name}-{service}-1").pause()
    notes.parity("save", "more")
    assert "paused" not in {row["state"] for row in notes.json("ps")["containers"]}
    notes.parity("reset", "more")
    assert read(notes) == ["before", "before"]


def test_a_fork_of_some_services_is_reset_in_place(notes, client):
    mount = '["sleep", "infinity"]\n    volumes: ["aside:/aside"]\nvolumes:\n  aside: {}'
    notes.edit("compose.yaml", '["sleep", "infinity"]\nvolumes:', mount)
    notes.parity("up")
    notes.parity("save", "two")
    paths = ProjectPaths(notes.root)
    session = open_session(paths, load(paths), name=notes.name)
    spares = Spares(session, state="two", lease=mine(), progress=silent, services=["aside"])
    try:
        first = spares.take()
        holder = client.containers.get(f"{first.stack}-aside-1-net")
        one = client.containers.get(f"{first.stack}-aside-1")
        assert one.exec_run(["sh", "-c", "ls /aside; touch /aside/mine"], user="0").output == b""
        spares.give_back(first)
        other = spares.take()
        spares.give_back(other)
        again = spares.take()
        assert again.name == first.name, "the only one that is ready"
        fresh = client.containers.get(one.name)
        assert fresh.id != one.id
        assert client.containers.get(holder.name).id == holder.id, "it was not made anew"
        assert fresh.exec_run(["ls", "/aside"]).output == b""
    finally:
        spares.close()


def test_a_state_in_use_is_not_dropped_unless_it_is_forced(notes):
    notes.parity("reset", "seeded")
    refused = notes.parity("drop", "seeded", check=False)
    assert refused.returncode == 2
    assert notes.name in refused.stderr
    assert state_of(notes, "seeded")
    overlaid = state_of(notes, "seeded")["backend"] == "overlay"
    forced = notes.parity("drop", "--force", "seeded", check=False)
    assert forced.returncode == (2 if overlaid else 0)
    assert read(notes) == ["before", "before"], "the stack goes on with its own copy"


def test_none_of_several_is_dropped_where_one_is_refused(notes):
    notes.parity("save", "other")
    notes.parity("reset", "seeded")
    assert notes.parity("drop", "other", "seeded", check=False).returncode == 2
    assert notes.parity("drop", "other", "nonsense", check=False).returncode == 2
    assert state_of(notes, "other")
    notes.parity("drop", "other")
    assert [state["name"] for state in notes.json("states")["states"]] == ["seeded"]


def test_states_tell_what_they_came_from_and_who_uses_them(notes):
    notes.parity("reset", "seeded")
    notes.parity("save", "child")
    child = state_of(notes, "child")
    assert child["from"] == "seeded"
    assert child["users"] == [{"stack": notes.name, "fork": "", "volumes": []}]
    assert state_of(notes, "seeded")["users"][0]["volumes"]
    assert child["disk"] > 0
    assert "  child" in notes.parity("states", "--tree").stdout
    assert child["digest"] in notes.parity("states", "child").stdout


def test_a_sealed_directory_that_was_tampered_with_is_named(notes, client):
    notes.parity("exec", "notes", "sh", "-c", "cd /notes; touch mode owner gone; mkdir folder")
    notes.parity("save", "more")
    assert notes.parity("verify", "more").returncode == 0
    state = state_of(notes, "more")
    folder = f"/store/states/{state['id']}/{[v['key'] for v in state['volumes']].index('notes')}"
    harm = "echo x >> text; chmod 600 mode; chown 12:34 owner; rm gone; touch new; chmod 777 folder"
    in_store(client, state["store"], "sh", "-c", f"cd {folder}; {harm}")
    done = notes.parity("verify", check=False)
    assert done.returncode == 1
    for said in ("text: size, content changed", "mode: mode changed", "owner: owner changed",
                 "gone is gone", "new is new", "folder: mode changed"):  # fmt: skip
        assert said in done.stdout
    assert "damaged: more" in done.stderr
    assert "seeded: 3 files as they were sealed" in done.stdout


def test_gc_removes_what_is_nobodys_and_nothing_else(notes, client):
    store = state_of(notes, "seeded")["store"]
    dead = json.dumps({"host": "elsewhere#1-1-1", "pid": 1, "started": 1.0})
    script = f"""
        for place in live/aaaaaaaaaaa1 states/aaaaaaaaaaa2; do
            mkdir -p /store/$place/0; echo x > /store/$place/0/data
            echo '{dead}' > /store/$place.lease
        done
        mkdir -p /store/trash/left
    """
    in_store(client, store, "sh", "-c", script)
    foreign = client.volumes.create("parity-state-of-mine", labels={"mine": "yes"})
    try:
        assert not [one for one in rubbish(notes) if "aaaaaaaaaaa" in one], "a day old it must be"
        in_store(client, store, "sh", "-c", OWN_LEASE.format(lease=_gone()))
        told = [one for one in rubbish(notes) if "aaaaaaaaaaa" in one]
        # A save of somebody else on this engine may have found it before.
        assert len(told) == 2 or "aaaaaaaaaaa1" not in in_store(client, store, "ls", "/store/live")
        notes.parity("gc")
        for folder in ("live", "states", "trash"):
            listed = in_store(client, store, "ls", f"/store/{folder}")
            assert "aaaaaaaaaaa" not in listed
            assert "left" not in listed
        foreign.reload()
        notes.parity("reset", "seeded")
        assert read(notes) == ["before", "before"]
    finally:
        foreign.remove()


OWN_LEASE = """
    for place in live/aaaaaaaaaaa1 states/aaaaaaaaaaa2; do echo '{lease}' > /store/$place.lease; done
"""


def _gone() -> str:
    """The lease of a process of this machine that is no more."""
    from dataclasses import replace

    from parity.state.leases import mine

    return replace(mine(), started=1.0).to_json()


def test_two_commands_at_once_wait_for_each_other(notes):
    both = [notes.start("save", "one"), notes.start("reset", "seeded")]
    for each in both:
        out, said = each.communicate(timeout=120)
        assert each.returncode == 0, said
    assert read(notes) == ["before", "before"]
    notes.parity("verify")


@pytest.fixture
def lose(client, notes):
    """Does to the state `seeded` what `docker volume prune` does to all of them; its id."""
    state = state_of(notes, "seeded")["id"]

    def remove() -> str:
        client.volumes.get(f"parity-state-{state}").remove()
        return state

    return remove


def marked(client) -> set[str]:
    label = {"label": "dev.parity.role=state"}
    return {v.name for v in client.volumes.list(filters=label)}


def test_a_state_whose_marker_was_pruned_is_there_again(notes, client, lose):
    try:
        for command in ("states", "reset seeded", "fork lost", "gc", "save next"):
            write(notes, "after")
            state = lose()
            notes.parity(*command.split())
            # A command of another project may have been quicker, so that this one says nothing.
            assert f"parity-state-{state}" in marked(client), command
            notes.parity("reset", "seeded")
            assert read(notes) == ["before", "before"]
        notes.parity("verify", "seeded", "--digests-only")
        assert rubbish(notes) == []
    finally:
        notes.parity("down", "--fork", "lost", check=False)


def test_a_state_that_was_dropped_or_never_was_whole_is_not_made_again(notes, client, lose):
    state = state_of(notes, "seeded")
    store = state["store"]
    half = f"half{uuid.uuid4().hex[:8]}"
    in_store(client, store, "mkdir", "-p", f"/store/states/{half}/0")
    try:
        lose()
        notes.parity("drop", "--force", "seeded")
        for command in (["gc"], ["states"]):
            notes.parity(*command)
        there = marked(client)
        assert not {f"parity-state-{state['id']}", f"parity-state-{half}"} & there
        assert notes.json("states")["states"] == []
        left = in_store(client, store, "ls", "/store/states").split()
        assert [name for name in left if name.startswith(state["id"])] == []
        done = notes.parity("reset", "seeded", check=False)
        assert done.returncode != 0
        assert "no state `seeded`" in done.stderr
    finally:
        in_store(client, store, "rm", "-r", f"/store/states/{half}")
