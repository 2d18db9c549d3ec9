import json
import shutil
import stat

import pytest

from parity import kubectl_cli
from parity.errors import DefinitionError, UnreachableError

LIST = json.dumps({"apiVersion": "v1", "kind": "List", "items": []})


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """Puts a kubectl on PATH that says what a test wants."""

    def install(out="", err="", code=0, sleep=""):
        program = tmp_path / "bin" / "kubectl"
        program.parent.mkdir(exist_ok=True)
        (tmp_path / "out").write_text(out)
        (tmp_path / "err").write_text(err)
        program.write_text(
            f'#!/bin/sh\necho "$@" > {tmp_path}/args\n{sleep}\n/bin/cat {tmp_path}/out\n'
            f"/bin/cat {tmp_path}/err >&2\nexit {code}\n"
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", str(program.parent))

    return install


def test_a_missing_program_is_named_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UnreachableError, match="not installed") as caught:
        kubectl_cli.kustomize(tmp_path)
    assert "install kubectl" in caught.value.next_step
    assert caught.value.exit_code == 3


def test_bases_outside_the_folder_are_allowed(fake, tmp_path):
    fake(out="kind: x")
    assert kubectl_cli.kustomize(tmp_path).text() == ("kind: x", ())
    arguments = (tmp_path / "args").read_text().split()
    assert arguments == ["kustomize", str(tmp_path), "--load-restrictor", "LoadRestrictionsNone"]


def test_a_namespace_is_asked_for_everything_that_matters(fake, tmp_path):
    fake(out=LIST)
    assert kubectl_cli.namespace("shop", "prod").text() == (LIST, ())
    arguments = (tmp_path / "args").read_text().split()
    assert arguments[:2] == ["get", ",".join(kubectl_cli.KINDS)]
    assert arguments[-4:] == ["--namespace", "shop", "--context", "prod"]


def test_without_names_the_kubeconfig_decides(fake, tmp_path):
    fake(out=LIST)
    kubectl_cli.namespace("", "").text()
    assert "--namespace" not in (tmp_path / "args").read_text()


def test_what_a_cluster_refuses_to_show_is_told_beside_the_rest(fake):
    refused = 'Error from server (Forbidden): secrets is forbidden: User "ada" cannot list'
    fake(out=LIST, err=f"{refused}\n", code=1)
    assert kubectl_cli.namespace("shop", "").text() == (LIST, (refused,))


def test_a_cluster_that_does_not_answer_is_out_of_reach(fake):
    fake(err="The connection to the server localhost:8080 was refused\n", code=1)
    with pytest.raises(UnreachableError, match="was refused"):
        kubectl_cli.namespace("shop", "").text()


def test_a_cluster_that_refuses_everything_is_out_of_reach(fake):
    fake(err="Error from server (Forbidden): pods is forbidden\n", code=1)
    with pytest.raises(UnreachableError, match="forbidden"):
        kubectl_cli.namespace("shop", "").text()


@pytest.mark.parametrize(
    ("err", "reason"),
    [
        ("error: accumulating resources: no such file\n", "accumulating resources: no such file"),
        (
            'E1122 06:57:06.998908   14823 run.go:72] "command failed" err="open \\"a\\": missing"\n',
            'open "a": missing',
        ),
        ("# Warning: 'bases' is deprecated\nerror: cycle\n", "cycle"),
        ("", "it gave no reason"),
        ("x" * 2000, "…"),
        ("runtime: out of memory\n", "more than 3 GiB"),
    ],
)
def test_a_kustomization_that_cannot_be_built_says_why(fake, tmp_path, err, reason):
    fake(err=err, code=1)
    with pytest.raises(DefinitionError) as caught:
        kubectl_cli.kustomize(tmp_path).text()
    assert reason in caught.value.message
    assert caught.value.where == str(tmp_path)
    assert len(caught.value.message) < 800


def test_the_time_is_limited(fake, tmp_path, monkeypatch):
    monkeypatch.setattr(kubectl_cli, "READ_SECONDS", 0.2)
    fake(sleep="exec /bin/sleep 30")
    with pytest.raises(DefinitionError, match=r"more than 0\.2 s"):
        kubectl_cli.kustomize(tmp_path).text()


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not installed")
def test_the_real_program_builds_within_the_memory_limit(tmp_path):
    (tmp_path / "kustomization.yaml").write_text("configMapGenerator: [{name: a, literals: [x=y]}]")
    text, refused = kubectl_cli.kustomize(tmp_path).text()
    assert "kind: ConfigMap" in text
    assert refused == ()


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not installed")
def test_the_real_program_refuses_circles(tmp_path):
    (tmp_path / "kustomization.yaml").write_text("resources: [../" + tmp_path.name + "]")
    with pytest.raises(DefinitionError, match="cycle"):
        kubectl_cli.kustomize(tmp_path).text()
