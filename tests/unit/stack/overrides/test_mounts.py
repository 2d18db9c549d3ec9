"""Bind mounts: what this machine has stays, what production's hosts have becomes a volume."""

import pytest

from parity.model.project import LocalTable
from parity.stack.overrides import mounts


def bind(source, **more):
    return {"type": "bind", "source": str(source), "target": "/t", **more}


def test_a_folder_of_productions_host_becomes_a_volume_of_the_stack(draft, context):
    one = draft({"web": {"volumes": [bind("/srv/none/data", read_only=True)]}})
    mounts.apply(one, context())
    (mount,) = one.get(("services", "web", "volumes"))
    assert mount == {
        "type": "volume", "source": "host-srv-none-data", "target": "/t", "volume": {}, "read_only": True,
    }  # fmt: skip
    assert "host-srv-none-data" in one.document["volumes"]


@pytest.mark.parametrize("name", ["docker.sock", "containerd.sock", "podman.sock"])
def test_the_engines_socket_is_taken_and_the_other_mounts_stay(draft, context, tmp_path, name):
    volumes = [bind(tmp_path), bind(f"/run/{name}"), bind(tmp_path, target="/u")]
    one = draft({"web": {"volumes": volumes}})
    mounts.apply(one, context())
    assert one.get(("services", "web", "volumes")) == [volumes[0], volumes[2]]
    assert "privileged" in one.overrides[0].reason


def test_a_trusted_service_keeps_the_socket(draft, context):
    one = draft({"web": {"volumes": [bind("/run/docker.sock")]}})
    mounts.apply(one, context(local=LocalTable(privileged=("web",))))
    assert one.overrides == ()


def test_what_is_here_or_belongs_to_the_project_stays(draft, context, tmp_path):
    volumes = [
        bind("/etc"),
        bind(tmp_path / "not-yet-there"),
        {"type": "volume", "source": "data", "target": "/d"},
        {"type": "tmpfs", "target": "/tmp"},
    ]
    one = draft({"web": {"volumes": volumes}, "db": {}})
    mounts.apply(one, context())
    assert one.overrides == ()


@pytest.mark.parametrize("source", ["/", "/var", "/var/run", "/run"])
def test_a_folder_with_the_engines_socket_in_it_is_not_mounted(draft, context, source):
    one = draft({"web": {"volumes": [bind(source)]}})
    mounts.apply(one, context())
    assert one.get(("services", "web", "volumes")) == []


def test_a_file_of_a_host_may_be_one_of_the_repository(draft, context, overrides_of, tmp_path):
    there = {"type": "bind", "source": "/etc/no-such/nginx.conf", "target": "/x", "read_only": True}
    one = draft({"web": {"volumes": [there]}})
    files = LocalTable(host_files={"/etc/no-such/nginx.conf": "conf/nginx.conf"})
    mounts.apply(one, context(local=files))
    local = one.document["services"]["web"]["volumes"][0]
    assert local == {**there, "source": str(tmp_path / "conf/nginx.conf")}
    assert "repository" in overrides_of(one)["services.web.volumes[0]"].reason
