"""Start states when things go wrong: two commands at once, what is in use, what is another's, who dies in between."""

import signal
import subprocess
import sys

import pytest

from tests.engine.twins import Twins, damages, kill

pytestmark = pytest.mark.engine

BASE, BOTH = ("base", "base"), ("dirty", "dirty")


@pytest.fixture
def twins(project, client):
    """A stack on the state `base`, with other words in its stores since."""
    made = Twins.make(project("twins"), client)
    made.write("base")
    made.parity("save", "base")
    made.write("dirty")
    yield made
    made.end()


def ended(*processes) -> list[tuple[int, str]]:
    found = []
    for one in processes:
        _, said = one.communicate(timeout=240)
        found.append((one.returncode, said))
    return found


def refused(done, code: int) -> str:
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "error: " in done.stderr
    assert " next: " in done.stderr
    return done.stderr


def sound(twins) -> bool:
    return not [one for state in twins.states() for one in damages(twins.client, state)]


# Two at once


def test_two_saves_at_once_both_end_well(twins):
    for code, said in ended(*(twins.project.start("save", name) for name in ("a", "b"))):
        assert code == 0, said
    assert {state["name"] for state in twins.states()} == {"base", "a", "b"}
    assert sound(twins)
    assert twins.word() == BOTH


def test_of_two_saves_of_one_name_one_is_refused(twins):
    done = ended(*(twins.project.start("save", "a") for _ in range(2)))
    assert sorted(code for code, _ in done) == [0, 2]
    assert "there is a state `a` already" in next(said for code, said in done if code)
    assert len(twins.states("a")) == 1
    assert sound(twins)


def test_two_resets_at_once_both_end_well(twins):
    for code, said in ended(*(twins.project.start("reset", "base") for _ in range(2))):
        assert code == 0, said
    assert twins.word() == BASE


def test_a_fork_that_is_made_while_the_stack_is_reset_has_all_its_services(twins, until):
    reset = twins.project.start("reset", "base")
    until(
        lambda: twins.ask("ping")[0] != "PONG" or reset.poll() is not None, what="the reset's work"
    )
    fork = twins.project.start("fork", "k", "--from", "base")
    for code, said in ended(reset, fork):
        assert code == 0, said
    assert twins.word() == BASE
    assert twins.word(f"{twins.stack}-k") == BASE
    twins.parity("down", "--fork", "k")


# What is in use


def test_a_state_that_forks_use_is_not_dropped_and_who_uses_it_is_told(twins):
    twins.parity("save", "now")
    twins.parity("fork", "k", "--from", "base")
    said = refused(twins.parity("drop", "base", check=False), 2)
    assert f"fork k ({twins.stack}-k)" in said
    assert "`parity down --fork k`" in said
    assert twins.word(f"{twins.stack}-k") == BASE
    twins.parity("down", "--fork", "k")
    twins.parity("drop", "base")
    assert [state["name"] for state in twins.states()] == ["now"]


@pytest.mark.parametrize("volumes", [[], ["--volumes"]])
def test_down_leaves_forks_and_names_the_command_that_ends_them(twins, volumes):
    twins.parity("fork", "k", "--from", "base", "--count", "2")
    told = twins.parity("down", *volumes).stderr
    assert "2 forks of it stay: `parity down --fork k-1 --fork k-2`" in told
    assert twins.word() == ("", "")
    assert twins.word(f"{twins.stack}-k-1") == BASE
    assert twins.project.json("down")["forks"] == ["k-1", "k-2"]
    done = twins.parity("down", "--fork", "k-1", "--fork", "k-2")
    assert "2 forks" in done.stderr
    assert "fork" not in twins.parity("down").stderr
    assert twins.objects() <= {f"volume {twins.stack}_one", f"volume {twins.stack}_two"}


@pytest.mark.parametrize("command", [("up",), ("up", "--dry-run"), ("reset", "base")])
def test_a_fork_is_no_stack_of_its_own(twins, command):
    twins.parity("fork", "k", "--from", "base")
    fork = f"{twins.stack}-k"
    before = {one.id for one in twins.client.containers.list(filters={"name": fork})}
    said = refused(twins.parity("-p", fork, *command, check=False), 2)
    assert f"this is the fork `k` of {twins.stack}" in said
    assert {one.id for one in twins.client.containers.list(filters={"name": fork})} == before
    assert twins.word(fork) == BASE
    twins.parity("down", "--fork", "k")


# Killed and half way


def held(twins, until, *arguments) -> subprocess.Popen[str]:
    """A command that makes the fork k, stopped while it does."""
    process = twins.project.start(*arguments)
    made = f"container {twins.stack}-k-"
    until(
        lambda: any(one.startswith(made) for one in twins.objects()) or process.poll() is not None,
        seconds=60,
        what="the fork's first container",
    )
    process.send_signal(signal.SIGSTOP)
    return process


def test_a_fork_that_another_process_makes_is_not_taken_away(twins, until):
    maker = held(twins, until, "fork", "k", "--from", "base")
    try:
        for command in (("down", "--fork", "k"), ("fork", "k", "--from", "base")):
            said = refused(twins.parity(*command, check=False), 2)
            assert "k" in said
        said = refused(twins.parity("down", "--fork", "k", check=False), 2)
        assert f"process {maker.pid} on " in said
        assert "is making the fork k" in said
        twins.parity("gc")
    finally:
        maker.send_signal(signal.SIGCONT)
    ((code, said),) = ended(maker)
    assert code == 0, said
    assert twins.word(f"{twins.stack}-k") == BASE
    twins.parity("down", "--fork", "k")


@pytest.mark.parametrize("healer", [("fork", "k", "--from", "base"), ("up", "--fork", "k")])
def test_a_fork_takes_the_place_of_one_that_was_half_made_or_half_removed(twins, until, healer):
    before = twins.objects()
    maker = held(twins, until, "fork", "k", "--from", "base")
    kill(maker, group=False)
    maker.communicate()
    assert "was never finished" in twins.parity(*healer).stderr
    assert twins.word(f"{twins.stack}-k") == BASE

    taker = twins.project.start("down", "--fork", "k")
    until(lambda: twins.word(f"{twins.stack}-k")[0] != "base", what="the end of its first store")
    kill(taker, group=False)
    taker.communicate()
    twins.parity(*healer)
    assert twins.word(f"{twins.stack}-k") == BASE
    twins.parity("down", "--fork", "k")
    assert twins.objects() == before


def test_a_fork_of_a_stack_whose_reset_was_killed_is_whole(twins, until):
    twins.parity("save", "now")
    reset = twins.project.start("reset", "base")
    name = f"container {twins.stack}-one-1 running"
    until(lambda: name not in twins.objects() or reset.poll() is not None, what="the reset's work")
    kill(reset, group=False)
    reset.communicate()
    twins.parity("fork", "k", "--from", "now")
    assert twins.word(f"{twins.stack}-k") == BOTH
    assert twins.word() == BASE, "the reset was finished first"
    twins.parity("down", "--fork", "k")


def test_up_goes_on_with_what_is_paused_also_where_it_makes_something_anew(twins, client):
    for service in ("one", "web"):
        client.containers.get(f"{twins.stack}-{service}-1").pause()
    twins.project.edit("compose.yaml", "content: hello", "content: changed")
    twins.parity("up")
    assert twins.word() == BOTH
    assert not [one for one in twins.objects() if one.endswith(" paused")]


KILLED = """
import sys
from parity.cli.main import main
from parity.engine.client import connect
from parity.state import seal

victim = sys.argv.pop()
copy = seal._copy

def killing(*arguments):
    client = connect()
    found = client.containers.get(victim)
    assert found.status == "paused", found.status
    client.containers.run(
        found.image.id, ["sh", "-c", f"kill -9 {found.attrs['State']['Pid']}"], entrypoint="",
        user="0:0", pid_mode="host", remove=True,
    )
    copy(*arguments)

seal._copy = killing
sys.argv = ["parity", "save", "late"]
sys.exit(main())
"""


def test_a_service_that_dies_while_it_is_paused_is_told_and_the_state_is_sound(twins, client):
    script = twins.project.root / "killing.py"
    script.write_text(KILLED)
    done = subprocess.run(
        [sys.executable, str(script), f"{twins.stack}-two-1"],
        cwd=twins.project.root,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    assert "two" in done.stderr
    assert "ended while it was paused" in done.stderr
    assert twins.word() == ("dirty", "")
    assert sound(twins)
    twins.parity("up")
    assert twins.word() == BOTH
    twins.write("later")
    twins.parity("reset", "late")
    assert twins.word() == BOTH
    twins.parity("verify", "late")


# What is another's


def test_what_is_called_like_a_fork_and_is_anothers_is_left_alone(twins, client):
    image = client.containers.get(f"{twins.stack}-web-1").image.id
    stack = f"{twins.stack}-k"
    before = twins.objects()
    container = client.containers.create(image, name=f"{stack}-two-1")
    try:
        said = refused(twins.parity("fork", "k", "--from", "base", check=False), 2)
        assert f"{stack}-two-1" in said
        container.reload()
        assert container.status == "created"
        assert twins.objects() - before == {f"container {stack}-two-1 created"}
    finally:
        container.remove()
    network = client.networks.create(f"{stack}_default")
    try:
        said = refused(twins.parity("fork", "k", "--from", "base", check=False), 2)
        assert f"{stack}_default" in said
        assert twins.objects() - before == {f"network {stack}_default"}
        twins.parity("gc")
        network.reload()
    finally:
        network.remove()
    volume = client.volumes.create(f"{stack}_two", labels={"mine": "yes"})
    try:
        said = refused(twins.parity("fork", "k", "--from", "base", check=False), 2)
        assert f"{stack}_two" in said
        twins.parity("gc")
        volume.reload()
        assert volume.attrs["Labels"] == {"mine": "yes"}
        assert twins.objects() - before == {f"volume {stack}_two"}
    finally:
        volume.remove()
    assert twins.objects() == before


def test_volumes_with_names_like_ours_are_no_states_and_stay(twins, client):
    made = [
        client.volumes.create(name)
        for name in ("parity-state-000000000000", "parity-storeroom", f"{twins.stack}_one-old")
    ]
    try:
        assert [s["name"] for s in twins.project.json("states")["states"]] == ["base"]
        twins.parity("gc")
        twins.parity("reset", "base")
        for one in made:
            one.reload()
    finally:
        for one in made:
            one.remove()
