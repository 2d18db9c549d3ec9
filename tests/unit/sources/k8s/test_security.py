import pytest


def web(read, pod, own="", shared=""):
    container = f"securityContext: {{{own}}}" if own else ""
    return read(pod(container, f"securityContext: {{{shared}}}" if shared else ""))


def test_a_container_wins_over_its_pod(read, pod):
    result = web(read, pod, "runAsUser: 5", "runAsUser: 1, runAsGroup: 2")
    assert result.web["user"] == "5:2"
    assert "every container says it for itself" in result.losses.values()


def test_what_only_the_pod_says_holds(read, pod):
    result = web(
        read, pod, "", "runAsUser: 1, fsGroup: 3, supplementalGroups: [4], runAsNonRoot: true"
    )
    assert (result.web["user"], result.web["group_add"]) == ("1", ["4"])
    assert result.web["x-parity"] == {"fs_group": 3, "run_as_non_root": True}
    assert result.losses == {}


def test_a_group_alone_is_lost(read, pod):
    result = web(read, pod, "runAsGroup: 2")
    assert "user" not in result.web
    assert "only together with a user" in str(result.losses)


def test_rights(read, pod):
    result = web(
        read,
        pod,
        "privileged: true, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, "
        "capabilities: {add: [NET_ADMIN], drop: [ALL]}, procMount: Unmasked",
    )
    assert result.web["privileged"] is True
    assert result.web["read_only"] is True
    assert (result.web["cap_add"], result.web["cap_drop"]) == (["NET_ADMIN"], ["ALL"])
    assert result.web["security_opt"] == ["no-new-privileges:true", "systempaths=unconfined"]


def test_what_is_off_is_not_written(read, pod):
    result = web(
        read,
        pod,
        "privileged: false, readOnlyRootFilesystem: false, allowPrivilegeEscalation: true",
    )
    assert {"privileged", "read_only", "security_opt", "cap_add"} & result.web.keys() == set()
    assert result.losses == {}


@pytest.mark.parametrize(
    ("own", "options", "extension"),
    [
        ("seccompProfile: {type: Unconfined}", ["seccomp:unconfined"], {}),
        ("seccompProfile: {type: RuntimeDefault}", None, {"seccomp": "RuntimeDefault"}),
        ("appArmorProfile: {type: Unconfined}", ["apparmor:unconfined"], {}),
        ("seLinuxOptions: {level: s0}", ["label=level:s0"], {}),
        (
            "seccompProfile: {type: Localhost, localhostProfile: a.json}",
            None,
            {"seccomp": "Localhost/a.json"},
        ),
    ],
)
def test_profiles(read, pod, own, options, extension):
    result = web(read, pod, own)
    assert result.web.get("security_opt") == options
    assert result.web.get("x-parity", {}) == extension
    assert bool(result.losses) is ("Localhost" in own)


def test_kernel_settings_go_to_the_owner_of_the_network(read):
    result = read(
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: web}
        spec:
          securityContext: {sysctls: [{name: net.core.somaxconn, value: "1"}], fsGroupChangePolicy: Always}
          containers: [{name: a, image: i}, {name: b, image: i}]
        """
    )
    assert result.web["sysctls"] == {"net.core.somaxconn": "1"}
    assert "sysctls" not in result.services["web-b"]
    assert "owners of files" in str(result.losses)


@pytest.mark.parametrize(
    "own", ["runAsUser: root", "privileged: 'true'", "procMount: Half", "capabilities: {add: ALL}"]
)
def test_broken_security_is_refused(refused, pod, own):
    refused(pod(f"securityContext: {{{own}}}"))
