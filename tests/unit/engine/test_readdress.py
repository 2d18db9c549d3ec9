"""An address that was kept is given up, and the container is known by the same names."""

from types import SimpleNamespace

from parity.engine.readdress import give_up

ID = "0123456789ab" + "c" * 52


class Api:
    def __init__(self, networks):
        self.attrs = {"Id": ID, "NetworkSettings": {"Networks": networks}}
        self.done = []

    def inspect_container(self, container):
        assert container == ID
        return self.attrs

    def disconnect_container_from_network(self, container, name):
        self.done.append(("off", name))

    def connect_container_to_network(self, container, name, *, aliases, driver_opt):
        self.done.append(("on", name, aliases, driver_opt))


def gave_up(networks):
    api = Api(networks)
    return give_up(SimpleNamespace(api=api), ID), api.done


def test_only_networks_with_a_kept_address_are_left_and_entered_again():
    back = {
        "IPAMConfig": {"IPv4Address": "10.1.0.7"},
        "Aliases": ["db", ID[:12]],
        "DriverOpts": {"a": "b"},
    }
    found, done = gave_up({"s_back": back, "s_side": {"IPAMConfig": None, "Aliases": ["db"]}})
    assert found
    assert done == [("off", "s_back"), ("on", "s_back", ["db"], {"a": "b"})]


def test_without_one_nothing_is_touched():
    for networks in (None, {}, {"s_back": {"IPAMConfig": {}}}, {"s_back": {"IPAMConfig": None}}):
        assert gave_up(networks) == (False, [])
