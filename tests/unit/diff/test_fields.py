"""Each field of a service comes to one form, however it is written."""

import pytest

from parity.diff import fields


def settings(function, value):
    return dict(function(value))


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("postgres:15", {("repository",): "postgres", ("tag",): "15"}),
        ("docker.io/library/postgres:15", {("repository",): "postgres", ("tag",): "15"}),
        ("library/postgres", {("repository",): "postgres", ("tag",): "latest"}),
        ("index.docker.io/shop/web:1", {("repository",): "shop/web", ("tag",): "1"}),
        ("reg.test:5000/shop/web", {("repository",): "reg.test:5000/shop/web", ("tag",): "latest"}),
        ("a:1@sha256:ab", {("repository",): "a", ("tag",): "1", ("digest",): "sha256:ab"}),
        ("a@sha256:ab", {("repository",): "a", ("digest",): "sha256:ab"}),
    ],
)
def test_images(written, wanted):
    assert settings(fields.image, written) == wanted


def test_a_library_folder_of_another_registry_is_not_the_hubs():
    assert settings(fields.image, "reg.test/library/x:1")["repository",] == "reg.test/library/x"


def test_words_are_a_vector_and_sets_have_no_order():
    assert settings(fields.words, ["a", "b"]) == {(): ("a", "b")}
    assert settings(fields.words, None) == {}
    assert settings(fields.as_set, ["b", "a", "b"]) == {(): ("a", "b")}


@pytest.mark.parametrize(
    ("function", "one", "other"),
    [
        (fields.capabilities, ["NET_ADMIN", "ALL"], ["all", "cap_net_admin"]),
        (fields.user, "0", "root"),
        (fields.user, 0, "root"),
        (fields.stop_signal, "SIGTERM", "15"),
        (fields.stop_signal, "term", 15),
        (fields.folder, "/app", "/app/"),
        (fields.folder, "/", "//"),
        (fields.platform, "linux/amd64", "linux/x86_64"),
        (fields.platform, "linux/arm64/v8", "linux/aarch64/v8"),
    ],
)
def test_the_engine_takes_both_for_one(function, one, other):
    assert settings(function, one) == settings(function, other)


@pytest.mark.parametrize(
    ("function", "one", "other"),
    [
        (fields.capabilities, ["NET_ADMIN"], ["NET_RAW"]),
        (fields.user, "1000", "app"),
        (fields.user, "0:1000", "root"),
        (fields.stop_signal, "SIGTERM", "SIGINT"),
        (fields.stop_signal, "64", "SIGTERM"),
        (fields.folder, "/app", "/app/x"),
        (fields.folder, "", "/"),
        (fields.platform, "linux/arm/v6", "linux/arm/v7"),
    ],
)
def test_what_only_looks_alike_is_not_one(function, one, other):
    assert settings(function, one) != settings(function, other)


def test_variables_without_a_value_are_not_set():
    assert fields.environment({"A": "", "B": None}) == {"A": ""}


def test_ports_are_found_by_their_target():
    rows = [
        {"target": 80, "published": "8080"},
        {"target": 80, "published": "8081", "host_ip": "127.0.0.1"},
        {"target": 53, "protocol": "udp"},
    ]
    found = settings(fields.ports, rows)
    assert found["80/tcp", "published"] == ("8080", "8081")
    assert any(key[0] == "53/udp" for key in found)


def test_mounts_are_found_by_their_target_and_volumes_have_no_name():
    rows = [
        {"type": "volume", "source": "one", "target": "/data/"},
        {"type": "bind", "source": "./x", "target": "/x", "read_only": True},
        {"type": "tmpfs", "target": "/tmp", "tmpfs": {"size": "64m"}},
    ]
    assert settings(fields.volumes, rows) == {
        ("/data", "type"): "volume",
        ("/x", "type"): "bind",
        ("/x", "source"): "./x",
        ("/x", "read_only"): True,
        ("/tmp", "type"): "tmpfs",
        ("/tmp", "size"): 64 * 1024**2,
    }


def test_the_root_can_be_a_target():
    assert settings(fields.volumes, [{"type": "volume", "target": "/"}]) == {
        ("/", "type"): "volume"
    }


@pytest.mark.parametrize(
    "written", ["/tmp:size=64m,mode=01777,noexec", ["/tmp:noexec,mode=1777,size=67108864"]]
)
def test_memory_file_systems(written):
    assert settings(fields.tmpfs, written) == {
        ("/tmp", "type"): "tmpfs",
        ("/tmp", "size"): 64 * 1024**2,
        ("/tmp", "mode"): "1777",
        ("/tmp", "options"): ("noexec",),
    }


def test_configs_and_secrets_are_found_by_their_absolute_target():
    rows = [{"source": "a"}, {"source": "b", "target": "/etc/b", "mode": "0444", "uid": 5}]
    assert settings(fields.files("/run/secrets/"), rows) == {
        ("/run/secrets/a", "source"): "a",
        ("/etc/b", "source"): "b",
        ("/etc/b", "uid"): "5",
        ("/etc/b", "mode"): "444",
    }


@pytest.mark.parametrize("mode", [0o444, "0444", "0o444", "444"])
def test_one_mode_in_several_forms(mode):
    assert settings(fields.files("/"), [{"source": "a", "mode": mode}])["/a", "mode"] == "444"


@pytest.mark.parametrize("written", [1024, "1024", {"soft": "1024", "hard": 1024}])
def test_one_limit_in_several_forms(written):
    assert settings(fields.ulimits, {"nofile": written}) == {
        ("nofile", "soft"): 1024,
        ("nofile", "hard"): 1024,
    }


@pytest.mark.parametrize("written", ["true", ["CMD-SHELL", "true"]])
def test_one_check_in_several_forms(written):
    given = {"test": written, "interval": "1m30s", "retries": "3"}
    assert settings(fields.healthcheck, given) == {
        ("test",): ("CMD-SHELL", "true"),
        ("interval",): 90.0,
        ("retries",): 3,
    }


def test_a_check_that_is_switched_off_has_nothing_else():
    given = {"disable": True, "test": ["CMD", "x"], "interval": "5s"}
    assert settings(fields.healthcheck, given) == {("test",): ("NONE",)}


def test_resources_are_bytes_and_cores():
    given = {
        "resources": {"limits": {"memory": "1g", "cpus": "0.50", "pids": "100"}},
        "replicas": 2,
    }
    assert settings(fields.deploy, given) == {
        ("resources", "limits", "memory"): 1024**3,
        ("resources", "limits", "cpus"): 0.5,
        ("resources", "limits", "pids"): 100,
        ("replicas",): 2,
    }


def test_the_network_is_its_name_and_its_aliases_are_a_set():
    given = {"default": None, "back": {"aliases": ["b", "a"], "ipv4_address": "10.0.0.5"}}
    assert settings(fields.networks, given) == {
        ("default", "member"): True,
        ("back", "member"): True,
        ("back", "aliases"): ("a", "b"),
        ("back", "ipv4_address"): "10.0.0.5",
    }


@pytest.mark.parametrize(
    "written", [["db"], {"db": None}, {"db": {"condition": "service_started"}}]
)
def test_one_dependency_in_several_forms(written):
    assert settings(fields.depends_on, written) == {("db", "condition"): "service_started"}


@pytest.mark.parametrize(
    "written", [["a:10.0.0.1"], ["a=10.0.0.1"], {"a": "10.0.0.1"}, {"a": ["10.0.0.1"]}]
)
def test_one_host_in_several_forms(written):
    assert settings(fields.hosts, written) == {("a",): ("10.0.0.1",)}


def test_a_host_may_have_an_address_with_colons():
    assert settings(fields.hosts, ["a=[::1]"]) == {("a",): ("::1",)}


@pytest.mark.parametrize("written", ["1.5", 1.5])
def test_amounts(written):
    assert fields.resource("cpus", written) == 1.5
    assert fields.resource("pids", "x") == "x"
    assert fields.resource("devices", [{"count": 1}]) == ((("count", 1),),)


@pytest.mark.parametrize(
    "function",
    [
        fields.ports,
        fields.volumes,
        fields.expose,
        fields.healthcheck,
        fields.environment,
        fields.files("/"),
    ],
)
@pytest.mark.parametrize("value", ["text", 5, None])
def test_a_value_of_another_kind_does_no_harm(function, value):
    assert settings(function, value) == {}


def test_any_other_tree_is_its_leaves():
    assert settings(fields.plain, {"a": {"b": [1, {"c": 2}]}, "d": None, "e": {}}) == {
        ("a", "b"): (1, (("c", 2),)),
        ("e",): (),
    }
