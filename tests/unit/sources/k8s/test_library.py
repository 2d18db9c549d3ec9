import base64

import pytest

from parity.sources.k8s.library import plain_name

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {}}}\ndata: {}"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {{name: {}}}\n{}: {}"


def coded(text):
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def test_secrets_are_references_and_their_values_stand_aside(read, pod):
    result = read(
        SECRET.format("db", "data", f"{{password: {coded('hunter2')}}}"),
        SECRET.format("db2", "stringData", "{user: shop}"),
        pod("envFrom: [{secretRef: {name: db}}, {secretRef: {name: db2}}]"),
    )
    assert result.web["environment"] == {
        "password": "${secret:db.password}",
        "user": "${secret:db2.user}",
    }
    assert result.environment.values == {"db.password": "hunter2", "db2.user": "shop"}
    assert "hunter2" not in repr(result.environment)
    assert not any("hunter2" in loss.value for loss in result.environment.losses)


def test_plain_text_wins_over_base64_of_the_same_key(read):
    result = read(
        f"apiVersion: v1\nkind: Secret\nmetadata: {{name: db}}\n"
        f"data: {{a: {coded('one')}}}\nstringData: {{a: two}}"
    )
    assert result.environment.values == {"db.a": "two"}
    assert "wins" in result.losses["Secret/db:data.a"]
    assert coded("one") not in repr(result.environment.losses)


def test_bytes_that_are_no_text_keep_their_base64(read):
    raw = coded(b"\xff\x00\x01")
    result = read(SECRET.format("k", "data", f"{{store: {raw}}}"))
    assert result.environment.values == {"k.store": raw}


@pytest.mark.parametrize("value", ["hunter2!", "[a]", "5", "'a='"])
def test_a_secret_that_is_not_base64_is_refused(refused, value):
    error = refused(SECRET.format("db", "data", f"{{password: {value}}}"))
    assert "base64" in error.message
    assert error.where == "m.yaml:4"
    assert "hunter2" not in error.message


def test_a_config_must_be_text(refused):
    assert refused(CONFIG.format("c", "{a: 5}")).next_step == "put it in quotes"


def test_records_of_helm_and_tokens_are_not_read(read):
    result = read(SECRET.format("r", "type: helm.sh/release.v1\ndata", "{release: aGVsbA==}"))
    assert result.environment.values == {}
    assert "Helm" in result.losses["Secret/r:data"]


def test_what_no_pod_uses_is_a_loss_of_its_own(read, pod):
    result = read(
        CONFIG.format("c", "{A: x, B: y}"),
        pod("env: [{name: A, valueFrom: {configMapKeyRef: {name: c, key: A}}}]"),
    )
    assert result.losses == {
        "ConfigMap/c:data.B": "no pod of this definition uses it",
    }


def test_the_hash_of_generated_names_is_left_out():
    assert plain_name("app-config-7tkmg4h2k9") == "app-config"
    assert plain_name("app-config") == "app-config"
    assert plain_name("app-production") == "app-production"


def test_two_that_differ_by_their_hash_only_keep_it(read, pod):
    mount = (
        "volumeMounts: [{name: a, mountPath: /a}, {name: b, mountPath: /b}]",
        "volumes: [{name: a, configMap: {name: c-7tkmg4h2k9}}, {name: b, configMap: {name: c-9tkmg4h2k9}}]",
    )
    result = read(
        CONFIG.format("c-7tkmg4h2k9", "{k: one}"),
        CONFIG.format("c-9tkmg4h2k9", "{k: two}"),
        pod(*mount),
    )
    assert {name: body["content"] for name, body in result.document["configs"].items()} == {
        "c.k": "one",
        "c-9tkmg4h2k9.k": "two",
    }


def test_namespaces_are_apart(read, pod):
    config = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, namespace: other}\ndata: {A: x}"
    result = read(config, pod("envFrom: [{configMapRef: {name: c}}]"))
    assert "environment" not in result.web
    assert "not in what was read" in str(result.losses)
