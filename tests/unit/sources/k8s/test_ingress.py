import pytest

SERVICE = """
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec: {selector: {app: web}, ports: [{port: 80, name: http}]}
    """
INGRESS = """
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata: {name: i%s}
    spec:
      %s
      rules: [{host: a.example.com, http: {paths: [%s]}}]
    """
PATH = "{path: /x, pathType: Exact, backend: {service: {name: web, port: {%s}}}}"


def rows(read, path, spec="", metadata="", *others):
    result = read(*others, INGRESS % (metadata, spec, path))
    return result.document["x-parity"]["ingress"], result


def test_hosts_and_paths_lead_to_services(read):
    (row,), result = rows(read, PATH % "number: 80")
    assert row == {
        "host": "a.example.com",
        "path": "/x",
        "path_type": "Exact",
        "service": "web",
        "port": 80,
        "tls": False,
    }
    assert result.where("x-parity", "ingress", 0) == "m.yaml:7"
    assert result.losses == {}


def test_a_port_may_have_a_name(read):
    (row,), _ = rows(read, PATH % "name: http", "", "", SERVICE)
    assert row["port"] == 80
    (row,), result = rows(read, PATH % "name: http")
    assert row["port"] == 0
    assert "not in what was read" in str(result.losses)


@pytest.mark.parametrize(
    ("tls", "secure"),
    [
        ("[{hosts: [a.example.com], secretName: s}]", True),
        ("[{hosts: [b.example.com]}]", False),
        ("[{secretName: s}]", True),
    ],
)
def test_encryption_holds_for_the_hosts_that_are_named(read, tls, secure):
    (row,), result = rows(read, PATH % "number: 80", f"tls: {tls}")
    assert row["tls"] is secure
    assert ("local authority" in str(result.losses)) is ("secretName" in tls)


def test_a_default_backend_takes_the_rest(read):
    default = "defaultBackend: {service: {name: web, port: {number: 80}}}"
    (first, _), _ = rows(read, PATH % "number: 80", default)
    assert (first["host"], first["path"], first["path_type"]) == ("", "/", "Prefix")


def test_the_old_form_is_read(read):
    (row,), _ = rows(read, "{backend: {serviceName: web, servicePort: 80}}")
    assert (row["service"], row["port"], row["path"]) == ("web", 80, "/")
    assert row["path_type"] == "ImplementationSpecific"


def test_settings_of_the_controller_are_kept_for_those_who_compare(read):
    annotations = ", annotations: {nginx.ingress.kubernetes.io/rewrite-target: /, a: b}"
    (row,), result = rows(read, PATH % "number: 80", "ingressClassName: nginx", annotations)
    assert row["annotations"] == {"nginx.ingress.kubernetes.io/rewrite-target": "/"}
    # The class, and what no controller reads.
    assert len(result.losses) == 2


def test_a_port_that_its_service_does_not_have_is_an_error(refused):
    assert "`web`" in refused(SERVICE, INGRESS % ("", "", PATH % "name: https")).message


def test_without_an_ingress_there_are_no_rows(read, pod):
    assert read(pod()).document["x-parity"] == {"services": [], "ingress": []}


@pytest.mark.parametrize("path", ["x", "{backend: x}", "{path: 5, backend: {}}"])
def test_broken_rules_are_refused(refused, path):
    assert refused(INGRESS % ("", "", path)).where == "m.yaml:7"
