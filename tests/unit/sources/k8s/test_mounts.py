import pytest

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: A, b: B}"
TREE = "[{key: a, path: x/a}, {key: b, path: y/b}]"


def mounted(read, pod, mount, volume, *others, container=""):
    text = f"volumeMounts: [{{name: v, {mount}}}]{container}"
    return read(*others, pod(text, f"volumes: [{{name: v, {volume}}}]"))


def targets(result):
    return [row["target"] for row in result.web.get("configs", ())]


def test_a_sub_path_of_a_volume_is_kept(read, pod):
    result = mounted(read, pod, "mountPath: /v, subPath: db/, readOnly: true", "emptyDir: {}")
    assert result.web["volumes"] == [
        {
            "type": "volume",
            "source": "web-v",
            "target": "/v",
            "volume": {"subpath": "db"},
            "read_only": True,
        }
    ]


def test_a_sub_path_of_the_host_is_joined(read, pod):
    result = mounted(read, pod, "mountPath: /v, subPath: a", "hostPath: {path: /srv}")
    assert result.web["volumes"][0]["source"] == "/srv/a"


def test_a_sub_path_of_files_is_one_file_or_a_folder(read, pod):
    one = mounted(read, pod, "mountPath: /etc/a.conf, subPath: a", "configMap: {name: c}", CONFIG)
    assert targets(one) == ["/etc/a.conf"]
    some = mounted(
        read, pod, "mountPath: /etc/x, subPath: x", f"configMap: {{name: c, items: {TREE}}}", CONFIG
    )
    assert targets(some) == ["/etc/x/a"]
    none = mounted(read, pod, "mountPath: /etc/z, subPath: z", "configMap: {name: c}", CONFIG)
    assert "none of the volume's files" in str(none.losses)


def test_expressions_in_sub_paths_are_expanded(read, pod):
    env = ", env: [{name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]"
    known = mounted(
        read, pod, "mountPath: /v, subPathExpr: $(POD)/x", "emptyDir: {}", container=env
    )
    assert known.web["volumes"][0]["volume"] == {"subpath": "web/x"}
    unknown = mounted(read, pod, "mountPath: /v, subPathExpr: $(IP)", "emptyDir: {}")
    assert unknown.web["volumes"][0]["volume"] == {"subpath": "_"}
    assert "known only once the pod runs" in str(unknown.losses)


def test_memory_is_a_tmpfs_of_its_size(read, pod):
    memory = "emptyDir: {medium: Memory, sizeLimit: 1Mi}"
    assert mounted(read, pod, "mountPath: /cache", memory).web["tmpfs"] == ["/cache:size=1048576"]
    assert mounted(read, pod, "mountPath: /c", "emptyDir: {medium: Memory}").web["tmpfs"] == ["/c"]


def test_shared_memory_is_a_size(read, pod):
    memory = "emptyDir: {medium: Memory, sizeLimit: 1Mi}"
    result = mounted(read, pod, "mountPath: /dev/shm/", memory)
    assert result.web["shm_size"] == "1048576"
    assert "tmpfs" not in result.web


def test_memory_that_containers_share_is_a_volume_in_memory(read):
    result = read(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          containers:
          - {name: a, image: i, volumeMounts: [{name: v, mountPath: /v}]}
          - {name: b, image: i, volumeMounts: [{name: v, mountPath: /w}]}
          volumes: [{name: v, emptyDir: {medium: Memory, sizeLimit: 1k}}]
        """
    )
    assert result.document["volumes"]["web-v"]["driver_opts"] == {
        "type": "tmpfs",
        "device": "tmpfs",
        "o": "size=1000",
    }
    assert [s["volumes"][0]["source"] for s in result.services.values()] == ["web-v", "web-v"]


def test_propagation_is_kept_for_the_hosts_folders(read, pod):
    result = mounted(
        read, pod, "mountPath: /v, mountPropagation: Bidirectional", "hostPath: {path: /srv}"
    )
    assert result.web["volumes"][0]["bind"]["propagation"] == "rshared"
    other = mounted(read, pod, "mountPath: /v, mountPropagation: Bidirectional", "emptyDir: {}")
    assert "mountPropagation" in str(other.losses)


def test_volumes_that_nobody_mounts_are_lost(read, pod):
    result = read(pod("", "volumes: [{name: v, emptyDir: {}}]"))
    assert "no container mounts it" in result.losses.values()
    assert "volumes" not in result.document


def test_a_mount_of_an_unknown_volume_is_an_error(refused, pod):
    error = refused(pod("volumeMounts: [{name: z, mountPath: /z}]", "volumes: [{name: v}]"))
    assert "`z`" in error.message
    assert error.next_step == "it defines: v"
    assert error.where == "m.yaml:12"


@pytest.mark.parametrize(
    "mount", ["mountPath: ''", "subPath: x", "mountPath: /v, mountPropagation: Maybe"]
)
def test_broken_mounts_are_refused(refused, pod, mount):
    refused(
        pod(f"volumeMounts: [{{name: v, {mount}}}]", "volumes: [{name: v, hostPath: {path: /}}]")
    )
