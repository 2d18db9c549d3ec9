"""Which volumes are data."""

from parity.state.volumes import Use, data_volumes, keys, written_binds

from .conftest import container, volume


def test_named_volumes_go_by_their_key_and_nameless_ones_by_their_place(db):
    found = data_volumes([db], {"s_data": "data"})
    assert [(v.key, v.name) for v in found] == [
        ("data", "s_data"),
        ("db/1:/tmp/db", "f" * 64),
    ]
    assert found[0].uses == (Use("db", 1, "/data"),)


def test_a_volume_of_several_services_is_one():
    first = container("a-1", "a", mounts=[volume("s_x", "/x")])
    second = container("b-1", "b", mounts=[volume("s_x", "/y", writable=False)])
    (found,) = data_volumes([first, second], {"s_x": "x"})
    assert found.services == ("a", "b")


def test_what_nobody_may_write_to_is_no_data():
    assert (
        data_volumes([container("a-1", "a", mounts=[volume("s_x", "/x", writable=False)])], {})
        == ()
    )


def test_keys_come_from_the_labels_that_compose_writes():
    rows = [
        {"Name": "s_data", "Labels": {"com.docker.compose.volume": "data"}},
        {"Name": "other", "Labels": None},
    ]
    assert keys(rows) == {"s_data": "data"}


def test_folders_that_are_written_to_are_told(db):
    assert written_binds([db]) == ()
    bind = {"Type": "bind", "Source": "/srv/up", "Destination": "/up", "RW": True}
    assert written_binds([container("a-1", "a", mounts=[bind])]) == (("a", "/srv/up"),)
