"""A production of Kubernetes manifests, brought up on the real engine from the manifests alone."""

import json
import ssl
import urllib.request
from pathlib import Path

import pytest

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("kubernetes")]


@pytest.fixture(scope="module")
def kube(tmp_path_factory, client, open_project):
    """The project `kube`, up for all tests of this file."""
    import shutil

    root = tmp_path_factory.mktemp("kube") / "project"
    shutil.copytree(Path(__file__).parent / "projects" / "kube", root)
    project = open_project(root, {})
    try:
        project.up = project.json("up")
        yield project
    finally:
        project.parity("down", "--volumes", check=False)


def ask(kube, path: str):
    """What the ingress answers over HTTPS for kube.example, by the local authority."""
    port = next(p["address"] for p in kube.up["ports"] if p["target"] == 443)
    authority = next((kube.root / ".parity").glob("*/authority/authority.pem"))
    context = ssl.create_default_context(cafile=str(authority))
    context.check_hostname = False  # the connection is to an address
    request = urllib.request.Request(f"https://{port}{path}", headers={"Host": "kube.example"})
    with urllib.request.urlopen(request, timeout=5, context=context) as answer:
        return json.load(answer)


def run(kube, client, container: str, *command: str) -> str:
    code, said = client.containers.get(f"{kube.up['stack']}-{container}-1").exec_run(list(command))
    assert code == 0, said.decode()
    return said.decode()


def test_readiness_is_judged_by_the_manifests_own_probes(kube):
    readiness = kube.up["readiness"]
    assert readiness["web"] == readiness["web-side"] == "ready by production's probe"
    assert readiness["store"] == "healthy"
    assert readiness["fill"] == readiness["web-init-prepare"] == "completed"


def test_the_ingress_leads_to_the_ports_of_a_pod(kube):
    assert ask(kube, "/a")["port"] == 8000
    assert ask(kube, "/side/b")["port"] == 9001
    assert len({ask(kube, "/")["host"] for _ in range(4)}) == 2, "both pods answer"


def test_a_pod_has_its_settings_files_and_stand_ins(kube):
    answer = ask(kube, "/")
    assert answer["env"]["GREETING"] == "hello"
    assert answer["env"]["POD"] == "kube"
    password = answer["files"]["/run/secrets/store/password"]
    assert len(password) == 24
    assert answer["env"]["STORE_URL"] == f"redis://:{password}@store:6380/0"
    assert answer["files"]["/work/init"] == "prepared\n"


def test_each_pod_of_a_stateful_set_has_its_own_name_and_volume(kube, client):
    names = [("store", "store-0.stores"), ("store-r2", "store-1.stores.kube.svc.cluster.local")]
    for service, name in names:
        container = client.containers.get(f"{kube.up['stack']}-{service}-1")
        networks = container.attrs["NetworkSettings"]["Networks"].values()
        own = next(iter(networks))["IPAddress"]
        found = run(
            kube,
            client,
            "web",
            "python3",
            "-c",
            f"import socket; print(socket.gethostbyname({name!r}))",
        )
        assert found.strip() == own
    volumes = [
        {m["Name"] for m in client.containers.get(f"{kube.up['stack']}-{s}-1").attrs["Mounts"]}
        for s, _ in names
    ]
    assert not volumes[0] & volumes[1]
    assert run(kube, client, "store", "redis-cli", "get", "greeting").strip() == "hello"


def test_a_program_that_starts_too_early_is_started_until_it_stays(kube, client):
    container = client.containers.get(f"{kube.up['stack']}-impatient-1")
    assert container.status == "running"
    assert kube.up["readiness"]["impatient"] == "running"


def test_the_service_maps_its_port_for_the_programs(kube, client):
    assert "PONG" in run(
        kube, client, "impatient", "redis-cli", "-h", "store", "-p", "6380", "ping"
    )


def test_nothing_gets_out_and_a_second_up_does_nothing(kube):
    proof = kube.json("egress", "--prove")
    assert proof["attempts"] and all(row["held"] for row in proof["attempts"])
    assert not kube.json("up")["changed"]


def test_a_changed_pod_is_a_new_one_with_empty_scratch_space_and_its_init_containers(kube, client):
    run(kube, client, "web", "sh", "-c", "echo left over > /work/old")
    assert run(kube, client, "web", "ls", "/work").split() == ["init", "old"]
    kube.edit("manifests.yaml", "GREETING: hello", "GREETING: hi")
    plan = {op["service"]: op["action"] for op in kube.json("up")["plan"]}
    assert plan["web"] == plan["web-init-prepare"] == plan["web-side"] == "recreate"
    assert plan["store"] == plan["fill"] == "leave"
    assert run(kube, client, "web", "ls", "/work").split() == ["init"]
    assert ask(kube, "/")["env"]["GREETING"] == "hi"
    assert run(kube, client, "store", "redis-cli", "get", "greeting").strip() == "hello"
