"""A lease holds while its process lives, and not a moment longer."""

import socket
import subprocess
import sys
from dataclasses import replace

import pytest

from parity.state import leases
from parity.state.leases import DAY, alive, gone, mine, read


@pytest.fixture
def child():
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    yield process
    process.kill()
    process.wait()


def of(pid):
    return replace(mine(), pid=pid, started=leases._started(pid))


def test_this_process_lives():
    assert alive(mine())
    assert alive(mine(), age=10 * DAY)


def test_one_that_was_killed_does_not_live_even_before_it_is_buried(child):
    lease = of(child.pid)
    assert alive(lease)
    child.kill()
    # Nobody has waited for it: its id is still taken.
    while alive(lease):
        pass
    assert child.returncode is None


def test_another_process_of_the_same_id_is_another_one(child):
    lease = of(child.pid)
    assert not alive(replace(lease, started=lease.started - 1))


def test_a_process_of_another_machine_is_believed_for_a_day():
    other = replace(mine(), host="elsewhere#12345678-4026531836-abcdef01")
    assert alive(other, age=DAY - 1)
    assert not alive(other, age=DAY + 1)


@pytest.fixture
def told(monkeypatch):
    """Says what the files are to hold by which a machine is known; nobody else sees that."""

    def say(text):
        monkeypatch.setattr(leases, "_text", text)
        leases._here.cache_clear()

    yield say
    monkeypatch.undo()
    leases._here.cache_clear()


@pytest.fixture
def identified(told):
    """This machine has an identity, whatever it is."""
    told(lambda path: path)


def before(**changes):
    name, _, rest = leases._here().partition("#")
    found = dict(zip(("machine", "namespace", "boot"), rest.split("-"), strict=True)) | changes
    return replace(mine(), host=f"{name}#{'-'.join(found.values())}")


def test_one_from_before_this_machine_started_again_is_gone(identified):
    assert not alive(before(boot="00000000"))


def test_one_of_another_container_of_the_same_name_is_believed_for_a_day(identified):
    """Its ids are counted in a namespace of its own, so nothing can be seen of it."""
    assert alive(before(namespace="1"), age=60)
    assert alive(before(namespace="1", boot="00000000"), age=60)
    assert not alive(before(namespace="1"), age=DAY)


def test_a_machine_without_an_identity_is_not_taken_for_another(told):
    told(lambda path: "")
    assert alive(before(boot="00000000"), age=60)


def test_people_are_told_the_machines_name():
    assert leases.machine(mine()) == socket.gethostname()


def test_it_is_read_as_it_was_written():
    assert read(mine().to_json()) == mine()


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"host": "a", "pid": "x", "started": 1}']
)
def test_what_is_no_lease_is_none(text):
    assert read(text) is None


def test_a_thing_without_an_owner_is_somebodys_own():
    assert not gone({}, "lease")
    assert not gone({"lease": "nonsense"}, "lease")
    assert not gone({"lease": mine().to_json()}, "lease")
    assert gone({"lease": replace(mine(), started=1.0).to_json()}, "lease")


def test_the_agent_is_told_whose_work_it_does():
    assert read(leases.environment()[leases.VARIABLE]) == mine()


def test_without_proc_ps_is_asked(monkeypatch, child):
    monkeypatch.setattr(leases, "_started", leases._started_by_ps)
    lease = of(child.pid)
    assert lease.started > 1e9
    assert alive(lease)
    child.kill()
    child.wait()
    assert not alive(lease)
