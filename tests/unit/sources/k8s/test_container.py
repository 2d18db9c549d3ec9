import pytest


def test_command_and_arguments_replace_those_of_the_image(read, pod):
    result = read(pod("command: [sh, -c], args: [run], workingDir: /srv"))
    assert (result.web["entrypoint"], result.web["command"]) == (["sh", "-c"], ["run"])
    assert result.web["working_dir"] == "/srv"
    assert result.where("services", "web", "command", 0) == "m.yaml:12"


def test_without_them_the_images_own_run(read, pod):
    web = read(pod()).web
    assert (web["entrypoint"], web["command"], web["image"]) == (None, None, "i:1")


@pytest.mark.parametrize(
    ("policy", "found"), [("Always", "always"), ("IfNotPresent", "missing"), ("Never", "never")]
)
def test_pull_policies(read, pod, policy, found):
    assert read(pod(f"imagePullPolicy: {policy}")).web["pull_policy"] == found


def test_terminals(read, pod):
    assert read(pod("stdin: true, tty: true")).web["stdin_open"] is True
    web = read(pod("stdin: false, tty: false")).web
    assert {"stdin_open", "tty"} & web.keys() == set()


def test_ports_are_exposed_and_ports_of_the_host_published(read, pod):
    result = read(
        pod(
            "ports: [{containerPort: 80}, {containerPort: 53, protocol: UDP}, "
            "{containerPort: 81, hostPort: 8081, hostIP: 10.0.0.1}]"
        )
    )
    assert result.web["expose"] == ["80", "53/udp", "81"]
    assert result.web["ports"] == [
        {
            "mode": "host",
            "host_ip": "10.0.0.1",
            "target": 81,
            "published": "8081",
            "protocol": "tcp",
        }
    ]


def test_on_the_hosts_network_ports_are_the_hosts_anyway(read, pod):
    result = read(pod("ports: [{containerPort: 80, hostPort: 80}]", "hostNetwork: true"))
    assert "ports" not in result.web
    assert result.web["network_mode"] == "host"


def test_hooks_are_commands_or_losses(read, pod):
    result = read(
        pod("lifecycle: {postStart: {exec: {command: [a]}}, preStop: {sleep: {seconds: 5}}}")
    )
    assert result.web["post_start"] == [{"command": ["a"]}]
    assert "pre_stop" not in result.web
    assert "runs commands there" in str(result.losses)
    other = read(pod("lifecycle: {preStop: {exec: {command: [b]}}, stopSignal: SIGINT}"))
    assert other.web["pre_stop"] == [{"command": ["b"]}]
    assert other.web["stop_signal"] == "SIGINT"


def test_a_field_that_parity_does_not_know_is_lost_by_itself(read, pod):
    result = read(pod("future: {a: 1}"))
    assert result.losses == {
        "Deployment/web:spec.template.spec.containers[0].future.a": "parity does not know this field"
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("imagePullPolicy: Sometimes", "`Sometimes`"),
        ("ports: [{name: http}]", "without containerPort"),
        ("ports: [80]", "must be a table"),
        ("command: run", "must be a list"),
        ("args: [1]", "must be a text"),
        ("lifecycle: {preStop: {exec: {command: b}}}", "must be a list"),
    ],
)
def test_broken_containers_are_refused(refused, pod, text, words):
    error = refused(pod(text))
    assert words in error.message
    assert error.where == "m.yaml:12"
