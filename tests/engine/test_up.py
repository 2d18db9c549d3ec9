"""`parity up` on the real engine: what it starts, what it leaves alone, and what it says."""

import json
import urllib.request

import pytest

pytestmark = pytest.mark.engine


def containers(client, project) -> dict[str, tuple[str, str]]:
    """Container name -> (id, start time)."""
    found = client.containers.list(all=True, filters={"label": f"dev.parity.stack={project.name}"})
    return {c.name: (c.id, c.attrs["State"]["StartedAt"]) for c in found}


def changed(before: dict, after: dict) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_up_starts_everything_in_order_and_it_answers(project, client):
    mini = project()
    result = mini.json("up")
    assert result["readiness"]["store"] == "healthy"
    assert result["readiness"]["fill"] == "completed"
    assert result["readiness"]["web"].startswith("answers on port")
    with urllib.request.urlopen(f"http://127.0.0.1:{mini.port('web')}/") as answer:
        assert answer.read() == b"hello from mini\n"
    web = [c for c in client.containers.list(filters={"label": f"dev.parity.stack={mini.name}"})
           if c.labels["dev.parity.service"] == "web"]  # fmt: skip
    assert len(web) == 2, "three replicas are capped to two"
    rows = {r["path"]: r for r in mini.json("config", "--overrides")["overrides"]}
    assert rows["services.web.deploy.replicas"]["production"] == 3


def test_up_with_nothing_changed_touches_no_container(project, client):
    mini = project()
    mini.parity("up")
    before = containers(client, mini)
    again = mini.json("up")
    assert not again["changed"]
    assert containers(client, mini) == before


def test_one_changed_value_recreates_that_service_alone_and_is_named(project, client):
    mini = project()
    mini.parity("up")
    before = containers(client, mini)
    mini.edit("compose.yaml", "COLOUR: blue", "COLOUR: green")
    plan = mini.json("up", "--dry-run")["plan"]
    assert containers(client, mini) == before, "a dry run changes nothing"
    result = mini.parity("up")
    assert "environment.COLOUR: blue -> green" in result.stderr
    assert {name.split("-")[-2] for name in changed(before, containers(client, mini))} == {"web"}
    assert [op["service"] for op in plan if op["action"] == "recreate"] == ["web"]


def test_an_edited_config_file_recreates_its_service(project, client):
    mini = project()
    mini.parity("up")
    (mini.root / "page.html").write_text("another page\n")
    mini.parity("up")
    with urllib.request.urlopen(f"http://127.0.0.1:{mini.port('web')}/") as answer:
        assert answer.read() == b"another page\n"


def test_a_service_taken_out_of_the_definition_is_removed(project, client):
    mini = project()
    mini.parity("up")
    text = (mini.root / "compose.yaml").read_text()
    start, end = text.index("  fill:"), text.index("  web:")
    text = text[:start] + text[end:]
    text = text.replace(
        "    depends_on:\n      fill: {condition: service_completed_successfully}\n", ""
    )
    (mini.root / "compose.yaml").write_text(text)
    mini.parity("up")
    assert not any("-fill-" in name for name in containers(client, mini))


def test_a_stopped_container_is_started_and_nothing_else(project, client):
    mini = project()
    mini.parity("up")
    before = containers(client, mini)
    victim = next(name for name in before if "-store-" in name)
    client.containers.get(victim).kill()
    result = mini.parity("up")
    assert "store" in result.stderr
    assert changed(before, containers(client, mini)) == {victim}


def test_data_survives_down_and_is_gone_with_volumes(project, client):
    mini = project()
    mini.parity("up")
    mini.parity("down")
    kept = client.volumes.list(filters={"label": f"dev.parity.stack={mini.name}"})
    assert [v.name for v in kept] == [f"{mini.name}_data"]
    mini.parity("down", "--volumes")
    assert client.volumes.list(filters={"label": f"dev.parity.stack={mini.name}"}) == []


def test_down_leaves_what_is_not_ours(project, client):
    mini = project()
    mini.parity("up")
    foreign = client.volumes.create(
        f"{mini.name}_data2", labels={"com.docker.compose.project": mini.name}
    )
    try:
        mini.parity("down", "--volumes")
        assert client.volumes.get(foreign.name)
    finally:
        foreign.remove()


def test_a_service_that_never_gets_healthy_ends_up_with_its_check_and_log(project):
    mini = project()
    mini.edit(
        "compose.yaml",
        '["CMD", "redis-cli", "ping"]',
        '["CMD", "sh", "-c", "echo not today; exit 1"]',
    )
    done = mini.parity("up", "--wait-timeout", "3", check=False)
    assert done.returncode == 1
    assert "store not ready after 3 s" in done.stderr
    assert "answer: not today" in done.stderr
    assert "Ready to accept connections" in done.stderr, "the service's own log is shown"


def test_a_service_that_exits_is_told_with_its_code_and_log(project):
    mini = project()
    mini.edit("compose.yaml", '"set", "greeting", "hello"', '"no-such-command"')
    mini.edit("compose.yaml", '["redis-cli", "-h"', '["sh", "-c", "echo broken >&2; exit 7", "-h"')
    done = mini.parity("up", check=False)
    assert done.returncode == 1
    assert "fill exited with code 7" in done.stderr
    assert "broken" in done.stderr


def test_two_ups_at_once_both_end_well(project, client):
    mini = project()
    first, second = mini.start("up"), mini.start("up")
    outputs = [p.communicate(timeout=240) for p in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], outputs
    assert any("another parity command" in err for _, err in outputs)
    names = containers(client, mini)
    assert len(names) == 5, names


def test_a_taken_port_is_replaced_by_a_free_one_that_is_kept(project):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        mini = project()
        mini.edit("compose.yaml", '"8000:8000"', f'"{number}:8000"')
        mini.parity("up")
        chosen = mini.port("web")
        assert chosen != number
    mini.parity("down")
    mini.parity("up")
    assert mini.port("web") == chosen, (
        "the choice is remembered, though the declared one is free now"
    )


def test_secrets_reach_the_service_but_not_the_document(project, client):
    mini = project(MINI_TOKEN="0123456789abcdef")
    mini.parity("up")
    document = (mini.root / ".parity" / mini.name / "compose.yaml").read_text()
    assert "0123456789abcdef" not in document
    assert "hunter2" not in document
    web = client.containers.get(f"{mini.name}-web-1")
    env = dict(line.split("=", 1) for line in web.attrs["Config"]["Env"])
    assert len(env["API_TOKEN"]) == len("tok_0123456789abcdef")
    assert "hunter2" not in env["STORE_URL"]
    assert env["STORE_URL"].startswith("redis://:")
    values = json.loads((mini.root / ".parity" / "secrets.json").read_text())["stacks"][mini.name]
    assert env["API_TOKEN"] in [entry["value"] for entry in values.values()]


def test_a_service_of_an_active_profile_runs_like_any_other(project, client):
    mini = project()
    mini.edit("compose.yaml", "  fill:\n", "  fill:\n    profiles: [seed]\n")
    mini.edit(
        "parity.toml", 'files = ["compose.yaml"]', 'files = ["compose.yaml"]\nprofiles = ["seed"]'
    )
    mini.parity("up")
    assert client.containers.get(f"{mini.name}-fill-1").attrs["State"]["ExitCode"] == 0
    assert not mini.json("up")["changed"]


def test_an_up_that_failed_fails_again_until_the_cause_is_gone(project):
    mini = project()
    mini.edit("compose.yaml", '"8000", "--directory"', '"8001", "--directory"')
    for _ in range(2):
        done = mini.parity("up", "--wait-timeout", "3", check=False)
        assert done.returncode == 1
        assert "web not ready" in done.stderr
    mini.edit("compose.yaml", '"8001", "--directory"', '"8000", "--directory"')
    assert mini.json("up")["readiness"]["web"] == "answers on port 8000"


def test_a_detached_up_is_waited_for_by_the_next_one(project):
    mini = project()
    mini.parity("up", "--detach")
    result = mini.json("up")
    assert result["readiness"]["store"] == "healthy"
    assert mini.json("up")["readiness"] == {}, "and that is remembered"


def test_a_start_that_failed_fails_again_though_the_container_was_ready_once(project, client):
    mini = project()
    script = "if [ -e /tmp/second ]; then echo again; exec sleep 60; fi; touch /tmp/second; exec redis-server"
    mini.edit(
        "compose.yaml",
        '["redis-server", "--save"',
        f'["sh", "-c", "{script} --protected-mode no", "-", "--save"',
    )
    mini.parity("up")
    client.containers.get(f"{mini.name}-store-1").kill()
    for _ in range(2):
        done = mini.parity("up", "--wait-timeout", "3", check=False)
        assert done.returncode == 1
        assert "store not ready" in done.stderr
