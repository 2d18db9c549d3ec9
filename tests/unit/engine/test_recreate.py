"""A container made again: what is carried over, what is not."""

from parity.engine.recreate import Changes, body, create

ATTRS = {
    "Id": "a" * 64,
    "Image": "sha256:abc",
    "Config": {
        "Image": "shop/db:1",
        "Hostname": "db-1",
        "Env": ["A=1"],
        "MacAddress": "02:42:ac:11:00:02",
        "Volumes": {"/data": {}},
        "Labels": {"keep": "1", "drop": "2"},
        "ExposedPorts": {"5432/tcp": {}},
    },
    "HostConfig": {
        "NetworkMode": "s_back",
        "Binds": ["s_data:/data:rw", "/srv/conf:/etc/conf:ro"],
        "Mounts": [{"Type": "tmpfs", "Target": "/run"}, {"Type": "volume", "Target": "/anon"}],
        "Links": ["/other:other"],
        "VolumesFrom": ["x"],
        "Memory": 1024,
        "Dns": ["10.1.0.1"],
        "ContainerIDFile": "/tmp/id",
    },
    "Mounts": [
        {"Type": "volume", "Name": "s_data", "Destination": "/data", "RW": True},
        {"Type": "volume", "Name": "f" * 64, "Destination": "/anon", "RW": False},
        {"Type": "bind", "Source": "/srv/conf", "Destination": "/etc/conf", "RW": False},
    ],
    "NetworkSettings": {
        "Networks": {
            "s_back": {"Aliases": ["db", "a" * 12], "IPAddress": "10.1.0.9", "DriverOpts": None},
            "s_front": {"Aliases": None, "IPAddress": "", "DriverOpts": {"o": "1"}},
        }
    },
}


def test_the_image_is_named_by_id_and_settings_stay():
    made = body(ATTRS, Changes())
    assert made["Image"] == "sha256:abc"
    assert made["Env"] == ["A=1"]
    assert made["Hostname"] == "db-1"
    assert made["HostConfig"]["Memory"] == 1024
    assert "MacAddress" not in made
    assert "Volumes" not in made
    assert made["HostConfig"]["Links"] is None
    assert made["HostConfig"]["VolumesFrom"] is None


def test_the_original_is_not_touched():
    import copy

    before = copy.deepcopy(ATTRS)
    made = body(ATTRS, Changes(labels={"x": "y"}, dns=["1.1.1.1"]))
    made["HostConfig"]["Memory"] = 0
    made["Labels"]["keep"] = "no"
    assert before == ATTRS


def test_volumes_become_mounts_and_those_named_anew_are_not_filled_from_the_image():
    host = body(ATTRS, Changes(volumes={"/data": "fork_data"}))["HostConfig"]
    assert host["Binds"] == ["/srv/conf:/etc/conf:ro"]
    assert {"Type": "tmpfs", "Target": "/run"} in host["Mounts"]
    by_target = {m["Target"]: m for m in host["Mounts"] if m["Type"] == "volume"}
    assert by_target["/data"]["Source"] == "fork_data"
    assert by_target["/data"]["VolumeOptions"] == {"NoCopy": True}
    assert by_target["/anon"]["Source"] == "f" * 64
    assert by_target["/anon"]["ReadOnly"] is True


def test_labels_are_added_and_taken_away():
    assert body(ATTRS, Changes(labels={"drop": None, "new": "3"}))["Labels"] == {
        "keep": "1",
        "new": "3",
    }


def test_networks_are_renamed_and_the_id_is_no_alias():
    made = body(ATTRS, Changes(networks={"s_back": "f_back", "s_front": "f_front"}))
    ends = made["NetworkingConfig"]["EndpointsConfig"]
    assert made["HostConfig"]["NetworkMode"] == "f_back"
    assert ends == {
        "f_back": {"Aliases": ["db"], "DriverOpts": None},
        "f_front": {"Aliases": [], "DriverOpts": {"o": "1"}},
    }


def test_one_that_takes_the_place_of_another_keeps_its_addresses():
    ends = body(ATTRS, Changes(same_address=True))["NetworkingConfig"]["EndpointsConfig"]
    assert ends["s_back"]["IPAMConfig"] == {"IPv4Address": "10.1.0.9"}
    assert "IPAMConfig" not in ends["s_front"]


def test_one_that_joins_another_has_no_network_settings_of_its_own():
    made = body(ATTRS, Changes(namespace="holder"))
    assert made["HostConfig"]["NetworkMode"] == "container:holder"
    assert "NetworkingConfig" not in made
    for key in ("Hostname", "ExposedPorts"):
        assert key not in made
    assert "Dns" not in made["HostConfig"]


class Api:
    """Records what is asked of the engine."""

    def __init__(self):
        self.asked = []

    def create_container_from_config(self, config, name):
        self.asked.append(("create", name, config))
        return {"Id": "new"}

    def _url(self, path, *arguments):
        return path.format(*arguments)

    def _post_json(self, url, data):
        self.asked.append((url, data))

    def _raise_for_status(self, answer):
        del answer


class Client:
    def __init__(self):
        self.api = Api()


def test_an_old_engine_takes_one_network_at_creation_and_is_told_the_others():
    client = Client()
    assert create(client, "n", body(ATTRS, Changes())) == "new"
    (_, name, config), (url, data) = client.api.asked
    assert name == "n"
    assert list(config["NetworkingConfig"]["EndpointsConfig"]) == ["s_back"]
    assert url == "/networks/s_front/connect"
    assert data["Container"] == "new"
