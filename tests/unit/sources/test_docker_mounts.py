"""Mounts: named and anonymous volumes, binds, tmpfs, and Compose's secret files."""

from parity.sources.docker_mounts import mounts
from parity.sources.ledger import Ledger

ANONYMOUS = "0123456789abcdef" * 4


def row(kind, target, **more):
    return {"Type": kind, "Source": "/host", "Destination": target, "Driver": "local", "Mode": "",
            "RW": True, "Propagation": "", **more}  # fmt: skip


def read(*rows, asked=(), image=None, tmpfs=None):
    record = {
        "Mounts": list(rows),
        "HostConfig": {"Mounts": list(asked), "Tmpfs": tmpfs, "Binds": ["x:y"]},
        "_Image": {"Config": {"Volumes": image}},
    }
    ledger = Ledger(record)
    service, document = {}, {}
    mounts(ledger.root, service, document, "shop_")
    return service, document, ledger.losses()


def test_a_volume_has_its_short_name_and_is_defined():
    service, document, losses = read(
        row("volume", "/data", Name="shop_data", RW=False),
        row("volume", "/x", Name="own", Driver="nfs"),
    )
    assert service["volumes"] == [
        {"type": "volume", "source": "data", "target": "/data", "read_only": True},
        {"type": "volume", "source": "own", "target": "/x"},
    ]
    assert document["volumes"] == {
        "data": {"name": "shop_data"},
        "own": {"name": "own", "driver": "nfs"},
    }
    assert losses == ()


def test_an_anonymous_volume_of_the_image_says_nothing():
    rows = (row("volume", "/a", Name=ANONYMOUS), row("volume", "/b", Name=ANONYMOUS))
    service, document, _ = read(*rows, image={"/a": {}})
    assert service["volumes"] == [{"type": "volume", "target": "/b"}]
    assert document == {}


def test_binds_keep_their_source_and_propagation():
    service, document, losses = read(
        row("bind", "/srv", Propagation="rprivate"),
        row("bind", "/y", Propagation="rshared", RW=False),
    )
    assert service["volumes"] == [
        {"type": "bind", "source": "/host", "target": "/srv", "bind": {"create_host_path": True}},
        {"type": "bind", "source": "/host", "target": "/y", "read_only": True,
         "bind": {"create_host_path": True, "propagation": "rshared"}},
    ]  # fmt: skip
    assert (document, losses) == ({}, ())


def test_secret_files_are_secrets_and_what_only_looks_so_is_not():
    service, document, _ = read(
        row("bind", "/run/secrets/token", RW=False), row("bind", "/run/secrets/a/b", RW=False),
        row("bind", "/run/secrets/open"),
    )  # fmt: skip
    assert service["secrets"] == [{"source": "token", "target": "/run/secrets/token"}]
    assert document["secrets"] == {"token": {"file": "/host"}}
    assert [entry["target"] for entry in service["volumes"]] == [
        "/run/secrets/a/b",
        "/run/secrets/open",
    ]


def test_tmpfs_in_both_forms():
    asked = [{"Type": "tmpfs", "Target": "/t", "TmpfsOptions": {"SizeBytes": 5, "Mode": 448}}]
    service, _, losses = read(
        row("tmpfs", "/t", Source=""), asked=asked, tmpfs={"/run": "size=1m", "/v": ""}
    )
    assert service["volumes"] == [
        {"type": "tmpfs", "target": "/t", "tmpfs": {"size": "5", "mode": 448}}
    ]
    assert service["tmpfs"] == ["/run:size=1m", "/v"]
    assert losses == ()


def test_options_of_volumes_are_kept_and_strange_ones_told():
    asked = [{"Type": "volume", "Source": "shop_data", "Target": "/data",
              "VolumeOptions": {"NoCopy": True, "Subpath": "a", "DriverConfig": {"Name": "nfs"}}}]  # fmt: skip
    service, _, losses = read(row("volume", "/data", Name="shop_data"), asked=asked)
    assert service["volumes"][0]["volume"] == {"nocopy": True, "subpath": "a"}
    assert [loss.path for loss in losses] == [
        "HostConfig.Mounts[0].VolumeOptions.DriverConfig.Name"
    ]


def test_nothing_mounted_is_nothing_written():
    assert read() == ({}, {}, ())


def test_replicas_agree_whatever_order_the_engine_lists_their_mounts_in():
    rows = [row("bind", f"/run/secrets/{name}", RW=False) for name in ("tls", "db", "api")]
    assert read(*rows) == read(*reversed(rows))
    assert read(*rows)[0]["secrets"]
