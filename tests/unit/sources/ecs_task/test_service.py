"""Service definitions: replicas, names, and which task they run."""

TASK = {
    "family": "shop",
    "networkMode": "awsvpc",
    "containerDefinitions": [
        {"name": "web", "image": "w:1", "portMappings": [{"containerPort": 8080, "name": "http"}]},
        {"name": "log", "image": "l:1", "essential": False},
        {"name": "init", "image": "i:1", "essential": False},
    ],
}
TASK["containerDefinitions"][0]["dependsOn"] = [{"containerName": "init", "condition": "SUCCESS"}]


def replicas(environment):
    return {
        name: body.get("deploy", {}).get("replicas") for name, body in environment.services.items()
    }


def test_replicas_are_of_what_stays(read_all):
    found = read_all(TASK, {"serviceName": "s", "desiredCount": 3, "taskDefinition": "shop:7"})
    assert replicas(found) == {"web": 3, "log": 3, "init": None}
    assert "deploy.replicas" not in found.silent


def test_without_a_service_replicas_are_unknown(read_all):
    found = read_all(TASK)
    assert set(replicas(found).values()) == {None}
    assert "deploy.replicas" in found.silent


def test_the_task_is_found_by_its_family_or_arn(read_all):
    other = {"family": "other", "containerDefinitions": [{"name": "x", "image": "x:1"}]}
    for name in ("other", "other:3", "arn:aws:ecs:eu-west-1:1:task-definition/other:3"):
        found = read_all(TASK, other, {"desiredCount": 2, "taskDefinition": name})
        assert replicas(found) == {"web": None, "log": None, "init": None, "x": 2}
    found = read_all(TASK, other, {"desiredCount": 2, "taskDefinition": "gone"})
    assert set(replicas(found).values()) == {None}
    assert any("not in what was read" in loss.reason for loss in found.losses)


def test_names_of_service_connect(read_all):
    connect = {"enabled": True, "services": [
        {"portName": "http", "clientAliases": [{"dnsName": "shop.internal", "port": 80}]}]}  # fmt: skip
    found = read_all(TASK, {"desiredCount": 1, "serviceConnectConfiguration": connect})
    assert found.services["web"]["networks"]["default"] == {"aliases": ["shop.internal"]}
    lost = {loss.path: loss.reason for loss in found.losses}
    assert "8080" in lost["service:serviceConnectConfiguration.services[0].clientAliases[0].port"]


def test_the_rest_is_lost_not_dropped(read_all):
    found = read_all(
        TASK,
        {"desiredCount": 1, "loadBalancers": [{"targetGroupArn": "a"}], "launchType": "FARGATE"},
    )
    assert {loss.path for loss in found.losses} == {"service:loadBalancers", "service:launchType"}
