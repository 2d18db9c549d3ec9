import pytest

MOUNT = "volumeMounts: [{name: v, mountPath: /v}]"


def volume(read, pod, text, **more):
    return read(pod(MOUNT, f"volumes: [{{name: v, {text}}}]", **more))


def test_a_claim_is_a_named_volume(read, pod):
    claim = """
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: data}
        spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
        """
    result = read(
        claim, pod(MOUNT, "volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]")
    )
    assert result.web["volumes"] == [
        {"type": "volume", "source": "data", "target": "/v", "volume": {}}
    ]
    assert result.document["volumes"] == {"data": {"x-parity": {"storage": 1024**3}}}
    assert list(result.losses) == ["PersistentVolumeClaim/data:spec.accessModes"]


def test_a_claim_that_is_elsewhere_is_a_volume_too(read, pod):
    result = volume(read, pod, "persistentVolumeClaim: {claimName: d, readOnly: true}")
    assert result.document["volumes"] == {"d": {}}
    assert result.web["volumes"][0]["read_only"] is True


def test_a_claim_that_nobody_mounts_is_a_loss(read):
    result = read("apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: d}\nspec: {}")
    assert result.losses == {"PersistentVolumeClaim/d": "no pod of this definition mounts it"}


def test_scratch_space_is_a_volume_of_the_workload(read, pod):
    result = volume(read, pod, "emptyDir: {sizeLimit: 1Mi}")
    assert result.document["volumes"] == {
        "web-v": {"x-parity": {"ephemeral": True, "size": 1024**2}}
    }
    assert result.losses == {}


def test_a_volume_without_a_kind_is_scratch_space(read, pod):
    assert volume(read, pod, "").document["volumes"] == {"web-v": {"x-parity": {"ephemeral": True}}}


def test_a_folder_of_the_host_is_a_bind_mount(read, pod):
    result = volume(read, pod, "hostPath: {path: /srv, type: DirectoryOrCreate}")
    assert result.web["volumes"] == [
        {"type": "bind", "source": "/srv", "target": "/v", "bind": {"create_host_path": True}}
    ]
    checked = volume(read, pod, "hostPath: {path: /srv, type: Socket}")
    assert checked.web["volumes"][0]["bind"] == {}
    assert "not checked" in str(checked.losses)


def test_claims_from_a_template_belong_to_each_pod(read, pod):
    more = "volumeClaimTemplates: [{metadata: {name: v}, spec: {resources: {requests: {storage: 1k}}}}]"
    result = read(pod(MOUNT, kind="StatefulSet", more=more))
    assert result.document["volumes"] == {"v-web": {"x-parity": {"per_pod": True, "storage": 1000}}}


def test_a_template_wins_over_a_volume_of_the_same_name(read, pod):
    more = "volumeClaimTemplates: [{metadata: {name: v}, spec: {}}]"
    result = volume(read, pod, "emptyDir: {}", kind="StatefulSet", more=more)
    assert list(result.document["volumes"]) == ["v-web"]
    assert "wins" in str(result.losses)


def test_an_ephemeral_claim_is_scratch_space(read, pod):
    result = volume(
        read,
        pod,
        "ephemeral: {volumeClaimTemplate: {spec: {resources: {requests: {storage: 1k}}}}}",
    )
    assert result.document["volumes"] == {"web-v": {"x-parity": {"ephemeral": True, "size": 1000}}}


@pytest.mark.parametrize(
    "text",
    ["csi: {driver: x, volumeAttributes: {a: b}}", "nfs: {server: s, path: /p}", "rbd: {image: x}"],
)
def test_storage_of_the_cluster_is_an_empty_volume_and_a_loss(read, pod, text):
    result = volume(read, pod, text)
    assert result.document["volumes"] == {"web-v": {}}
    assert "storage of production's cluster" in str(result.losses)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("persistentVolumeClaim: {readOnly: true}", "names no claim"),
        ("hostPath: {path: srv}", "absolute path"),
        ("emptyDir: {sizeLimit: much}", "quantity"),
        ("emptyDir: x", "must be a table"),
        ("emptyDir: {}}, {name: v, emptyDir: {}", "two volumes"),
    ],
)
def test_broken_volumes_are_refused(refused, pod, text, words):
    error = refused(pod(MOUNT, f"volumes: [{{name: v, {text}}}]"))
    assert words in error.message
    assert error.where == "m.yaml:10"


def test_huge_pages_are_ordinary_here(read, pod):
    assert "an ordinary volume" in str(volume(read, pod, "emptyDir: {medium: HugePages}").losses)
