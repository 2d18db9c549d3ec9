"""What is tied to a changed service keeps up with it; what is not, and all data, stays."""

import pytest

pytestmark = pytest.mark.engine

SERVICES = {"owner", "sharer", "watcher", "follower", "bystander", "parity-gateway"}


def states(project) -> dict[str, str]:
    rows = project.json("ps")["containers"]
    return {row["service"]: row["state"].split()[0] for row in rows}


def identities(project) -> dict[str, str]:
    return {row["service"]: row["id"] for row in project.json("ps")["containers"]}


def interfaces(project, service: str) -> int:
    routes = project.parity("exec", service, "cat", "/proc/net/route").stdout
    return len(routes.splitlines())


def test_everything_runs_again_after_a_change_of_what_others_hang_on(project):
    ties = project("ties")
    ties.parity("up")
    before = identities(ties)
    ties.parity("exec", "-u", "root", "owner", "touch", "/data/kept")
    ties.edit("compose.yaml", "COLOUR: blue", "COLOUR: green")
    ties.parity("up")
    assert states(ties) == dict.fromkeys(SERVICES, "running")
    assert interfaces(ties, "sharer") > 1, "it shares the new network namespace"
    after = identities(ties)
    assert before["bystander"] == after["bystander"]
    assert before["owner"] != after["owner"]
    assert ties.parity("exec", "owner", "ls", "/data").stdout.split() == ["kept", "post-start-ran"]
    assert not ties.json("up")["changed"]


def test_a_sharer_gets_its_network_back_with_the_owner(project, client):
    ties = project("ties")
    ties.parity("up")
    client.containers.get(f"{ties.name}-owner-1").kill()
    ties.parity("up")
    assert interfaces(ties, "sharer") > 1


def test_a_changed_volume_definition_loses_no_data(project):
    ties = project("ties")
    ties.parity("up")
    ties.parity("exec", "-u", "root", "owner", "touch", "/data/precious")
    ties.edit("compose.yaml", "tier: one", "tier: two")
    ties.parity("up")
    assert "precious" in ties.parity("exec", "owner", "ls", "/data").stdout


def test_a_compose_project_of_the_same_name_is_not_touched(project, client):
    ties = project("ties")
    image = client.images.get("127.0.0.1:5055/shop/app:2.3.1")
    foreign = client.containers.create(
        image,
        labels={"com.docker.compose.project": ties.name, "com.docker.compose.service": "owner"},
    )
    volume = client.volumes.create(f"{ties.name}_data")
    try:
        done = ties.parity("up", check=False)
        assert done.returncode == 2
        assert foreign.name in done.stderr
        assert "not parity's" in done.stderr
        assert client.containers.get(foreign.id)
        assert client.volumes.get(volume.id)
    finally:
        foreign.remove(force=True)
        volume.remove()


def test_an_up_after_a_kill_waits_for_the_job_that_still_runs(project, client, until):
    mini = project()
    mini.edit(
        "compose.yaml",
        '["redis-cli", "-h"',
        '["sh", "-c", "sleep 6; exec redis-cli \\"$@\\"", "-", "-h"',
    )
    first = mini.start("up")
    label = {"label": f"dev.parity.worktree={mini.root}", "status": "running"}
    until(
        lambda: any("-fill-" in c.name for c in client.containers.list(filters=label)), seconds=60
    )
    first.kill()
    first.communicate()
    mini.parity("up")
    web = client.containers.get(f"{mini.name}-web-1").attrs["State"]["StartedAt"]
    fill = client.containers.get(f"{mini.name}-fill-1").attrs["State"]["FinishedAt"]
    assert fill <= web, "web started after the job had ended"
