"""What the record of an engine decides by itself."""

import pytest

from parity.state.engines.contract import Command, DataEngine


def engine(**changes):
    values = {
        "name": "store", "title": "Store", "port": 1, "variable": "STORE_URL",
        "programs": ("stored",), "images": ("store",), "markers": ("STORE_VERSION",),
        "url": lambda host, port, env: None, "ready": lambda attrs: Command(("ping",)),
        "stop_signal": "SIGTERM", "quirks": "None.", **changes,
    }  # fmt: skip
    return DataEngine(**values)


@pytest.mark.parametrize(
    ("command", "takes"),
    [
        ("entrypoint.sh stored --a", True),
        ("entrypoint.sh --a", True),
        ("entrypoint.sh", False),
        (["sh", "-c", "exec stored --a"], False),
        ("run.sh /etc/x", False),
    ],
)
def test_arguments_are_added_only_where_they_reach_the_server(container, command, takes):
    assert engine().takes_arguments(container(command)) is takes


def test_without_a_volume_all_is_in_memory(container):
    assert engine().memory_only(container("stored"), ())


def test_with_a_volume_elsewhere_only_where_the_folder_is_known(container):
    attrs = container("stored")
    assert not engine().memory_only(attrs, ["/tmp/x"])
    known = engine(folder=lambda attrs: "/data/store")
    assert known.memory_only(attrs, ["/tmp/x"])
    assert not known.memory_only(attrs, ["/tmp/x", "/data"])


def test_a_server_that_is_told_to_keep_nothing(container):
    assert engine(nothing_kept=lambda attrs: True).memory_only(container("stored"), ["/data"])


def test_a_password_is_not_in_the_text_of_a_command():
    assert "secret-value" not in repr(Command(("ping",), {"PASSWORD": "secret-value"}))


def test_what_an_engine_does_not_say_changes_nothing(container):
    attrs, bare = container("stored"), engine()
    assert (bare.before_pause(attrs), bare.before_stop(attrs)) == (None, None)
    assert (bare.arguments(attrs), bare.checks(attrs), bare.sealed(attrs)) == ((), (), "")
    assert bare.unclean(b"anything") == ""
