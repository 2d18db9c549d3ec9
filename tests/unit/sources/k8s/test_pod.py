from parity.sources.k8s.pod import unused

BODY = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: web}
    spec:
      template:
        metadata: {labels: {app: web}%s}
        spec:
          initContainers: [%s]
          containers: [%s]
    """


def names(read, init="", containers="", annotations=""):
    return list(read(BODY % (annotations, init, containers)).services)


def test_one_container_is_called_as_its_workload(read):
    assert names(read, containers="{name: whatever, image: i}") == ["web"]


def test_of_several_the_first_is_the_main_one(read):
    found = names(read, containers="{name: app, image: i}, {name: log, image: i}")
    assert found == ["web", "web-log"]


def test_one_that_is_called_as_the_workload_is_the_main_one(read):
    found = names(read, containers="{name: log, image: i}, {name: web, image: i}")
    assert found == ["web", "web-log"]


def test_the_annotation_of_kubectl_decides(read):
    found = names(
        read,
        containers="{name: web, image: i}, {name: app, image: j}",
        annotations=", annotations: {kubectl.kubernetes.io/default-container: app}",
    )
    assert found == ["web", "web-web"]


def test_init_containers_come_first_and_say_so(read):
    found = names(
        read,
        init="{name: a, image: i}, {name: b, image: i, restartPolicy: Always}",
        containers="{name: c, image: i}",
    )
    assert found == ["web-init-a", "web-b", "web"]


def test_containers_join_the_network_of_the_first_that_stays(read):
    result = read(BODY % ("", "{name: p, image: i, restartPolicy: Always}", "{name: c, image: i}"))
    assert result.services["web"]["network_mode"] == "service:web-p"
    assert "network_mode" not in result.services["web-p"]


def test_names_that_are_taken_get_a_number(read):
    other = BODY.replace("name: web}", "name: web-log}") % ("", "", "{name: c, image: i}")
    mine = BODY % ("", "", "{name: app, image: i}, {name: log, image: i}")
    assert list(read(mine, other).services) == ["web", "web-log-2", "web-log"]
    taken = {"a", "a-2"}
    assert (unused("a", taken), unused("b", taken)) == ("a-3", "b")
    assert taken == {"a", "a-2", "a-3", "b"}


def test_two_containers_of_one_name_are_refused(refused):
    error = refused(BODY % ("", "", "{name: a, image: i}, {name: a, image: i}"))
    assert "two containers" in error.message
    assert error.where == "m.yaml:10"


def test_a_container_without_a_name_is_refused(refused):
    assert "no name of a container" in refused(BODY % ("", "", "{image: i}")).message


def test_an_init_container_of_a_wrong_type_is_refused(refused):
    assert "must be a table" in refused(BODY % ("", "x", "{name: a, image: i}")).message
