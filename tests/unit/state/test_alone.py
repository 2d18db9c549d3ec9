"""A container on a copy reaches nobody, and writes to nothing of the origin's."""

import pytest

from parity.state import alone
from parity.state.engines import rabbitmq, redis
from parity.state.engines.postgres import ENGINE

COPY = [{"Type": "volume", "Source": "copy", "Target": "/data", "VolumeOptions": {"NoCopy": True}}]


def origin(**host):
    return {
        "Id": "0123456789abcdef",
        "Name": "/stack-db-1",
        "Image": "sha256:image",
        "Path": "docker-entrypoint.sh",
        "Args": ["postgres", "-c", "x=1"],
        "Config": {
            "Image": "postgres:16",
            "Hostname": "db-1",
            "Cmd": ["postgres", "-c", "x=1"],
            "Env": ["POSTGRES_PASSWORD=pw"],
            "Volumes": {"/data": {}},
            "ExposedPorts": {"5432/tcp": {}},
            "Healthcheck": {"Test": ["CMD", "true"]},
            "Labels": {"com.docker.compose.project": "stack", "dev.parity.stack": "stack"},
        },
        "HostConfig": {
            "NetworkMode": "stack_back",
            "PortBindings": {"5432/tcp": [{"HostPort": "1"}]},
            "RestartPolicy": {"Name": "always"},
            "LogConfig": {"Type": "syslog", "Config": {"syslog-address": "udp://logs"}},
            "Memory": 512,
            **host,
        },
        "NetworkSettings": {"Networks": {"stack_back": {"Aliases": ["db"]}}},
        "Mounts": [
            {"Type": "volume", "Name": "stack_data", "Destination": "/data", "RW": True},
            {"Type": "volume", "Name": "stack_more", "Destination": "/more", "RW": True},
            {"Type": "volume", "Name": "stack_certs", "Destination": "/certs", "RW": False},
        ],
    }


def body(attrs=None, engine=ENGINE, more=()):
    return alone.body(attrs or origin(), engine, COPY, {"dev.parity.lease": "me"}, more)


def test_it_has_no_network_no_port_and_does_not_come_again():
    host = body()["HostConfig"]
    assert host["NetworkMode"] == "none"
    assert host["PortBindings"] is None and host["PublishAllPorts"] is False
    assert host["RestartPolicy"] == {"Name": "no"}
    assert "NetworkingConfig" not in body()
    assert host["Memory"] == 512, "its limits are production's"


def test_neither_compose_nor_parity_takes_it_for_the_service():
    assert body()["Labels"] == {"dev.parity.role": "settle", "dev.parity.lease": "me"}


def test_it_is_the_same_image_under_the_same_hosts_name_which_it_can_look_up():
    made = body()
    assert (made["Image"], made["Hostname"]) == ("sha256:image", "db-1")
    assert made["HostConfig"]["ExtraHosts"] == ["db-1:127.0.0.1"]


def test_a_host_without_a_name_has_its_short_id():
    attrs = origin()
    attrs["Config"]["Hostname"] = ""
    assert body(attrs)["Hostname"] == "0123456789ab"


def test_production_of_the_origin_does_not_hear_of_it():
    made = body()
    assert made["HostConfig"]["LogConfig"] == {"Type": "json-file", "Config": {}}
    assert made["Healthcheck"] == {"Test": ["NONE"]}
    assert made["StopSignal"] == "SIGINT"


def test_the_copies_take_the_place_of_volumes_and_no_live_one_is_written_to():
    mounts = body()["HostConfig"]["Mounts"]
    assert COPY[0] in mounts
    others = [mount for mount in mounts if mount is not COPY[0] and mount["Target"] != "/data"]
    assert [(mount["Source"], mount["ReadOnly"]) for mount in others] == [("stack_certs", True)]


@pytest.mark.parametrize(
    ("bind", "made"),
    [
        ("/etc/x:/run/secrets/x", "/etc/x:/run/secrets/x:ro"),
        ("/etc/x:/run/secrets/x:rw,z", "/etc/x:/run/secrets/x:ro,z"),
        ("/etc/x:/run/secrets/x:ro", "/etc/x:/run/secrets/x:ro"),
    ],
)
def test_files_of_the_host_stay_and_are_read_only(bind, made):
    binds = ["/host/data:/data", bind]
    mount = {"Type": "bind", "Source": "/etc/y", "Target": "/y"}
    host = body(origin(Binds=binds, Mounts=[mount, {"Type": "tmpfs", "Target": "/tmp"}]))[
        "HostConfig"
    ]
    assert host["Binds"] == [made], "a folder with the data itself is replaced"
    assert {**mount, "ReadOnly": True} in host["Mounts"]
    assert {"Type": "tmpfs", "Target": "/tmp"} in host["Mounts"]


def test_namespaces_of_others_are_not_shared():
    host = body(origin(IpcMode="container:abc", PidMode="host", UTSMode=""))["HostConfig"]
    assert (host["IpcMode"], host["PidMode"], host["UTSMode"]) == ("", "", "")
    assert body(origin(IpcMode="private"))["HostConfig"]["IpcMode"] == "private"


def test_arguments_follow_the_services_own():
    words = body(more=["--strict"])["Cmd"]
    assert words[:3] == ["postgres", "-c", "x=1"]
    assert words[3:5] == ["-c", "autovacuum=off"]
    assert words[-1] == "--strict"


def test_where_they_would_not_reach_the_server_the_command_stays():
    attrs = origin()
    attrs["Args"] = attrs["Config"]["Cmd"] = ["sh", "-c", "exec postgres"]
    assert body(attrs, more=["--strict"])["Cmd"] == ["sh", "-c", "exec postgres"]
    assert body(engine=rabbitmq.ENGINE)["Cmd"] == ["postgres", "-c", "x=1"]


def test_a_server_in_the_entrypoint_gets_them_as_its_command():
    attrs = origin()
    attrs |= {"Path": "redis-server", "Args": []}
    attrs["Config"]["Cmd"] = None
    assert body(attrs, redis.ENGINE, ["--a"])["Cmd"] == ["--a"]


def test_the_origins_record_stays_as_it_was():
    attrs, same = origin(Binds=["/a:/b"]), origin(Binds=["/a:/b"])
    body(attrs)
    assert attrs == same
