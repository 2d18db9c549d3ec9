import pytest

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a.conf: A, b.conf: B}"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\nstringData: {key: hunter2}"
MOUNT = "volumeMounts: [{name: v, mountPath: /v}]"


def volume(read, pod, text, *others):
    return read(*others, pod(MOUNT, f"volumes: [{{name: v, {text}}}]"))


def rows(result, kind="configs"):
    return {row["target"]: (row["source"], row["mode"]) for row in result.web.get(kind, ())}


def test_each_key_of_a_config_is_a_file(read, pod):
    result = volume(read, pod, "configMap: {name: c}", CONFIG)
    assert rows(result) == {"/v/a.conf": ("c.a.conf", "0644"), "/v/b.conf": ("c.b.conf", "0644")}
    assert result.document["configs"]["c.a.conf"] == {"content": "A"}
    assert result.where("configs", "c.a.conf", "content") == "m.yaml:4"
    assert result.losses == {}


def test_items_choose_rename_and_have_their_modes(read, pod):
    result = volume(
        read,
        pod,
        "configMap: {name: c, defaultMode: 0400, items: [{key: a.conf, path: x/y}, "
        "{key: b.conf, path: z, mode: 0755}]}",
        CONFIG,
    )
    assert rows(result) == {"/v/x/y": ("c.a.conf", "0400"), "/v/z": ("c.b.conf", "0755")}


def test_secrets_are_files_without_content(read, pod):
    result = volume(read, pod, "secret: {secretName: s, defaultMode: 256}", SECRET)
    assert rows(result, "secrets") == {"/v/key": ("s.key", "0400")}
    assert result.document["secrets"] == {"s.key": {"name": "s.key", "external": True}}
    assert result.environment.values == {"s.key": "hunter2"}


def test_a_secret_that_is_elsewhere_has_the_files_that_are_named(read, pod):
    result = volume(read, pod, "secret: {secretName: none, items: [{key: k, path: f}]}")
    assert rows(result, "secrets") == {"/v/f": ("none.k", "0644")}
    unknown = volume(read, pod, "secret: {secretName: none}")
    assert "secrets" not in unknown.web
    assert "not in what was read" in str(unknown.losses)


def test_several_sources_come_together_in_one_folder(read, pod):
    result = volume(
        read,
        pod,
        "projected: {defaultMode: 0440, sources: [{configMap: {name: c}}, {secret: {name: s}}, "
        "{downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}}, "
        "{serviceAccountToken: {path: token}}]}",
        CONFIG,
        SECRET,
    )
    assert rows(result) == {
        "/v/a.conf": ("c.a.conf", "0440"),
        "/v/b.conf": ("c.b.conf", "0440"),
        "/v/name": ("web.name", "0440"),
    }
    assert rows(result, "secrets") == {"/v/key": ("s.key", "0440")}
    assert list(result.losses.values()) == ["a token or bundle that only a cluster issues"]


def test_files_of_the_pod_know_its_limits(read, pod):
    result = volume(
        read,
        pod,
        "downwardAPI: {items: [{path: ip, fieldRef: {fieldPath: status.podIP}}, "
        "{path: cpu, resourceFieldRef: {containerName: c, resource: limits.cpu}}]}",
    )
    assert "configs" not in result.web
    assert (
        list(result.losses.values()).count("known only once the pod runs: the file is missing here")
        == 2
    )


def test_bytes_are_lost_where_they_are_no_text(read, pod):
    binary = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\nbinaryData: {a: /w==, b: aGk=}"
    result = volume(read, pod, "configMap: {name: c}", binary)
    assert rows(result) == {"/v/b": ("c.b", "0644")}
    assert "cannot hold its bytes" in result.losses["ConfigMap/c:binaryData.a"]


def test_a_missing_config_is_a_loss(read, pod):
    result = volume(read, pod, "configMap: {name: none}")
    assert "ConfigMap none is not in what was read" in str(result.losses)


def test_a_missing_key_is_an_error_unless_it_is_optional(read, refused, pod):
    text = "configMap: {name: c, items: [{key: z, path: f}]%s}"
    error = refused(CONFIG, pod(MOUNT, f"volumes: [{{name: v, {text % ''}}}]"))
    assert "`z`" in error.message
    assert error.next_step == "it has: a.conf, b.conf"
    result = volume(read, pod, text % ", optional: true", CONFIG)
    assert "may lack" in str(result.losses)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("items: [{key: a.conf, path: /etc/x}]", "no relative path"),
        ("items: [{key: a.conf, path: ../x}]", "no relative path"),
        ("items: [{key: a.conf}]", "no relative path"),
        ("defaultMode: 644", "0644"),
        ("defaultMode: -1", "permissions"),
    ],
)
def test_broken_files_are_refused(refused, pod, text, words):
    error = refused(CONFIG, pod(MOUNT, f"volumes: [{{name: v, configMap: {{name: c, {text}}}}}]"))
    assert words in error.message
