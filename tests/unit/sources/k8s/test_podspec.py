import pytest

BODY = """
    apiVersion: v1
    kind: Pod
    metadata: {name: web, labels: {app: web}, annotations: {a: b}}
    spec:
      %s
      initContainers: [%s]
      containers: [{name: web, image: i}, {name: log, image: i}]
    """


def pod(read, spec="", init=""):
    return read(BODY % (spec, init))


def test_containers_of_a_pod_share_the_first_ones_network(read):
    result = pod(read)
    assert result.web["networks"] == {"default": None}
    assert result.services["web-log"]["network_mode"] == "service:web"
    assert "networks" not in result.services["web-log"]
    assert result.document["networks"] == {"default": {}}


def test_init_containers_run_in_order_before_all_others(read):
    result = pod(read, init="{name: a, image: i}, {name: b, image: i}")
    done = {"condition": "service_completed_successfully", "required": True}
    first, second = result.services["web-init-a"], result.services["web-init-b"]
    assert "depends_on" not in first
    assert second["depends_on"] == {"web-init-a": done}
    assert result.web["depends_on"] == {"web-init-b": done}
    assert result.services["web-log"]["depends_on"] == {"web-init-b": done}
    assert (first["restart"], result.web["restart"]) == ("on-failure", "always")
    assert first["networks"] == {"default": None}


def test_sidecars_hold_the_network_and_start_first(read):
    result = pod(read, init="{name: p, image: i, restartPolicy: Always}, {name: m, image: i}")
    assert result.services["web-p"]["restart"] == "always"
    started = {"condition": "service_started", "required": True}
    assert result.services["web-init-m"]["depends_on"] == {"web-p": started}
    assert result.web["depends_on"]["web-p"] == started
    assert result.web["network_mode"] == "service:web-p"


def test_a_sidecar_with_a_startup_probe_is_waited_for(read):
    probe = "startupProbe: {httpGet: {port: 1}}"
    result = pod(read, init=f"{{name: p, image: i, restartPolicy: Always, {probe}}}")
    assert result.web["depends_on"] == {"web-p": {"condition": "service_healthy", "required": True}}


@pytest.mark.parametrize(
    ("policy", "main", "init"),
    [
        ("Always", "always", "on-failure"),
        ("OnFailure", "on-failure", "on-failure"),
        ("Never", "no", "no"),
    ],
)
def test_restarts(read, policy, main, init):
    result = pod(read, f"restartPolicy: {policy}", "{name: a, image: i}")
    assert (result.web["restart"], result.services["web-init-a"]["restart"]) == (main, init)


def test_the_hosts_namespaces(read):
    result = pod(read, "hostNetwork: true\n      hostPID: true\n      hostIPC: true")
    assert (result.web["network_mode"], result.web["pid"], result.web["ipc"]) == (
        "host",
        "host",
        "host",
    )
    assert result.services["web-log"]["network_mode"] == "service:web"
    assert "networks" not in result.document


def test_a_shared_process_namespace(read):
    result = pod(read, "shareProcessNamespace: true")
    assert "pid" not in result.web
    assert result.services["web-log"]["pid"] == "service:web"


def test_names_and_dns_belong_to_the_holder_of_the_network(read):
    result = pod(
        read,
        "hostAliases: [{ip: 10.0.0.1, hostnames: [a, b]}]\n      hostname: h\n      subdomain: s\n"
        "      dnsConfig: {nameservers: [1.1.1.1], searches: [x], "
        "options: [{name: ndots, value: '2'}, {name: edns0}]}",
    )
    assert result.web["extra_hosts"] == ["a=10.0.0.1", "b=10.0.0.1"]
    assert (result.web["hostname"], result.web["domainname"]) == ("h", "s")
    assert result.web["dns_opt"] == ["ndots:2", "edns0"]
    assert (result.web["dns"], result.web["dns_search"]) == (["1.1.1.1"], ["x"])
    assert {"extra_hosts", "hostname", "dns"} & result.services["web-log"].keys() == set()


def test_labels_annotations_and_time_to_stop_are_on_all(read):
    result = pod(read, "terminationGracePeriodSeconds: 90")
    for service in result.services.values():
        assert service["labels"] == {"app": "web"}
        assert service["annotations"] == {"a": "b"}
        assert service["stop_grace_period"] == "1m30s"


def test_the_default_time_to_stop_is_not_written(read):
    assert "stop_grace_period" not in pod(read).web


@pytest.mark.parametrize(
    "spec",
    [
        "nodeSelector: {disk: ssd}",
        "tolerations: [{operator: Exists}]",
        "affinity: {nodeAffinity: {}}",
        "serviceAccountName: web",
        "imagePullSecrets: [{name: r}]",
        "priorityClassName: high",
        "dnsPolicy: Default",
        "runtimeClassName: gvisor",
    ],
)
def test_what_only_a_cluster_has_is_lost_with_its_reason(read, spec):
    result = pod(read, spec)
    assert list(result.losses) == [f"Pod/web:spec.{spec.partition(':')[0]}"]
    assert "does not know" not in str(result.losses)


@pytest.mark.parametrize(
    "spec", ["restartPolicy: Maybe", "hostNetwork: 'yes'", "dnsConfig: x", "hostAliases: {a: b}"]
)
def test_broken_pods_are_refused(refused, spec):
    assert refused(BODY % (spec, "")).where == "m.yaml:6"


def test_labels_must_be_text(refused):
    assert refused(BODY.replace("app: web", "app: 1") % ("", "")).next_step == "put it in quotes"
