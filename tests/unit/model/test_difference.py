"""Differences: how their settings are written."""

import pytest

from parity.model.difference import Difference, Kind
from parity.model.document import ABSENT, parse


@pytest.mark.parametrize(
    ("service", "path", "setting"),
    [
        ("web", ("environment", "TZ"), "services.web.environment.TZ"),
        ("web", ("environment", "a.b"), 'services.web.environment["a.b"]'),
        ("my.web", ("ports", "80/tcp", "published"), 'services["my.web"].ports.80/tcp.published'),
        ("worker", (), "services.worker"),
        ("", ("networks", "default", "driver"), "networks.default.driver"),
    ],
)
def test_the_setting_is_a_path_that_can_be_read_back(service, path, setting):
    difference = Difference(service, path, Kind.VALUE)
    assert difference.setting == setting
    whole = ("services", service, *path) if service else path
    assert parse(setting) == whole


def test_a_side_that_sets_nothing_is_absent_not_null():
    difference = Difference("web", ("user",), Kind.ONLY_RIGHT, right=None)
    assert difference.left is ABSENT
    assert difference.right is None
