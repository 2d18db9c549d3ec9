"""A container's own settings, its health check, order and restarts."""

import pytest

from parity.errors import DefinitionError


def test_plain_settings(web):
    found = web(
        command=["serve", "5"], entryPoint=["/run.sh"], workingDirectory="/srv", user="1000:1000",
        interactive=True, pseudoTerminal=True, dockerLabels={"team": "shop"}, stopTimeout=90,
    )  # fmt: skip
    assert (found["image"], found["command"], found["entrypoint"]) == (
        "web:1",
        ["serve", "5"],
        ["/run.sh"],
    )
    assert (found["working_dir"], found["user"]) == ("/srv", "1000:1000")
    assert (found["stdin_open"], found["tty"], found["stop_grace_period"]) == (True, True, "1m30s")
    assert found["labels"] == {"team": "shop"}


def test_what_is_empty_says_nothing(read):
    found = read(command=[], entryPoint=[], environment=[], user="", dockerLabels={}, links=[], mountPoints=[],
                 volumesFrom=[], portMappings=[], ulimits=[], secrets=[], cpu=0, linuxParameters={})  # fmt: skip
    assert found.losses == ()
    assert found.services["web"] == {
        "command": None, "entrypoint": None, "image": "web:1", "networks": {"default": None}, "restart": "always",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("check", "found"),
    [
        ({"command": ["CMD-SHELL", "ok"]},
         {"test": ["CMD-SHELL", "ok"], "interval": "30s", "timeout": "5s", "retries": 3}),
        ({"command": ["CMD", "ok"], "interval": 10, "timeout": "2", "retries": 5, "startPeriod": 90},
         {"test": ["CMD", "ok"], "interval": "10s", "timeout": "2s", "retries": 5, "start_period": "1m30s"}),
        ({"command": ["ok || exit 1"]},
         {"test": ["CMD-SHELL", "ok || exit 1"], "interval": "30s", "timeout": "5s", "retries": 3}),
        ({"command": ["NONE"]}, {"disable": True}),
    ],
    ids=range(4),
)  # fmt: skip
def test_health_checks_have_the_defaults_of_ecs(web, check, found):
    assert web(healthCheck=check)["healthcheck"] == found
    assert "healthcheck" not in web()


@pytest.mark.parametrize(
    ("condition", "found"),
    [("START", "service_started"), ("HEALTHY", "service_healthy"), ("SUCCESS", "service_completed_successfully"),
     ("complete", "service_completed_successfully")],
)  # fmt: skip
def test_order(read, lost, condition, found):
    rows = ({"name": "a", "image": "i:1", "dependsOn": [{"containerName": "b", "condition": condition}]},
            {"name": "b", "image": "i:1", "essential": False})  # fmt: skip
    environment = read(*rows)
    assert environment.services["a"]["depends_on"] == {"b": {"condition": found, "required": True}}
    assert bool(lost(environment)) == (condition == "complete")


@pytest.mark.parametrize(
    ("own", "restart"),
    [({}, "always"), ({"essential": False}, "no"), ({"essential": "true"}, "always"),
     ({"essential": False, "restartPolicy": {"enabled": True}}, "always"), ({"restartPolicy": {"enabled": False}}, "always")],
    ids=range(5),
)  # fmt: skip
def test_restarts(web, own, restart):
    assert web(**own)["restart"] == restart


def test_what_compose_cannot_say_is_lost(read, lost):
    found = read(
        repositoryCredentials={"credentialsParameter": "arn"}, startTimeout=5, versionConsistency="enabled",
        firelensConfiguration={"type": "fluentbit"}, credentialSpecs=["x"],
        restartPolicy={"enabled": True, "ignoredExitCodes": [0], "restartAttemptPeriod": 60}, future={"a": 1},
    )  # fmt: skip
    assert {path.partition("].")[2] for path in lost(found)} == {
        "repositoryCredentials", "startTimeout", "versionConsistency", "firelensConfiguration", "credentialSpecs",
        "restartPolicy.ignoredExitCodes", "restartPolicy.restartAttemptPeriod", "future.a",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("own", "said"),
    [({"image": ""}, "has no image"), ({"image": "app:${tag}"}, "template"), ({"healthCheck": {}}, "without a command"),
     ({"command": "serve"}, "must be a list"), ({"image": 5}, "must be a text")],
    ids=range(5),
)  # fmt: skip
def test_odd_containers_are_told(web, tmp_path, own, said):
    if own == {"healthCheck": {}}:
        own = {"healthCheck": {"interval": 5}}
    with pytest.raises(DefinitionError, match=said) as caught:
        web(**own)
    assert caught.value.where.startswith(f"{tmp_path}/task0.json:")
