from parity.sources.k8s.naming import assign, matches, selector_of

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {selector: {app: %s}}"


def names(things, *texts):
    found = things(*texts)
    workloads = [thing for thing in found if thing.kind != "Service"]
    services = [thing for thing in found if thing.kind == "Service"]
    return {thing.title: name for thing, name in assign(workloads, services).items()}


def test_a_workload_has_its_own_name(things, pod):
    assert names(things, pod(), SERVICE % "web") == {"Deployment/web": "web"}


def test_of_two_kinds_the_deployment_keeps_the_name(things, pod):
    job = pod("", "restartPolicy: Never", kind="Job")
    assert names(things, job, pod()) == {"Deployment/web": "web", "Job/web": "web-job"}


def test_a_name_that_is_taken_is_a_loss_with_its_reason(read, pod):
    result = read(pod("", "restartPolicy: Never", kind="Job"), pod())
    assert "it is the service web-job" in result.losses["Job/web:metadata.name"]


def test_namespaces_tell_the_same_names_apart(things, pod):
    other = pod().replace("{name: web}", "{name: web, namespace: b}")
    third = pod().replace("{name: web}", "{name: web, namespace: c}")
    found = assign(things(pod(), other, third), ())
    assert list(found.values()) == ["web", "web-deployment", "web-c"]


def test_a_service_of_other_pods_has_the_name_first(things, pod):
    assert names(things, pod(), SERVICE % "other") == {"Deployment/web": "web-deployment"}


def test_a_service_without_a_selector_takes_no_name(things, pod):
    plain = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {}"
    assert names(things, pod(), plain) == {"Deployment/web": "web"}


def test_selectors_match_labels():
    assert matches({"a": "1"}, {"a": "1", "b": "2"})
    assert not matches({"a": "1", "c": "3"}, {"a": "1"})
    assert not matches({}, {"a": "1"})


def test_a_selector_is_read_without_taking_it(things):
    (service,) = things(SERVICE % "web")
    assert selector_of(service) == {"app": "web"}
    assert service.ledger.account().taken == ()
