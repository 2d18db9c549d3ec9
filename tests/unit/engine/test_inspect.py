"""Containers are found by project, stack, label or name, and read with their images."""

import pytest
from docker.errors import NotFound

from parity.engine import inspect
from parity.errors import EngineError

ROWS = [
    {"Id": "2", "Names": ["/shop-web-1"], "labels": {"com.docker.compose.project=shop"}},
    {"Id": "1", "Names": ["/shop-db-1"], "labels": {"com.docker.compose.project=shop"}},
    {"Id": "3", "Names": ["/stack_web.1.x"], "labels": {"com.docker.stack.namespace=stack"}},
    {"Id": "4", "Names": ["/lone"], "labels": {"team=shop"}},
]


@pytest.fixture
def read(client, monkeypatch):
    def make(*, gone=(), images=True, project=""):
        def containers(all=False, filters=None):  # noqa: A002
            label = (filters or {}).get("label")
            return [row for row in ROWS if label is None or label in row["labels"]]

        def inspect_container(identity):
            if identity in gone:
                raise NotFound("gone")
            return {"Id": identity, "Image": "sha256:i"}

        def inspect_image(name):
            if not images:
                raise NotFound("gone")
            return {"Id": name, "Config": {}}

        fake = client(
            containers=containers, inspect_container=inspect_container, inspect_image=inspect_image
        )
        fake.close = lambda: fake.calls.append(("close",))
        monkeypatch.setattr(inspect, "connect", lambda address: fake)
        found = inspect.records("ssh://far", project)
        return [row["Id"] for row in found], found, fake.calls

    return make


@pytest.mark.parametrize(
    ("project", "found"),
    [("shop", ["1", "2"]), ("stack", ["3"]), ("team=shop", ["4"]), ("lone", ["4"]), ("", ["2", "1", "3", "4"])],
)  # fmt: skip
def test_containers_are_found(read, project, found):
    assert read(project=project)[0] == found


def test_each_has_its_image_which_is_asked_for_once(read):
    _, found, calls = read(project="shop")
    assert all(row["_Image"] == {"Id": "sha256:i", "Config": {}} for row in found)
    assert len([call for call in calls if call[0] == "inspect_image"]) == 1
    assert calls[-1] == ("close",)


def test_what_was_removed_meanwhile_is_left_out(read):
    assert read(project="shop", gone=["1"])[0] == ["2"]
    assert read(project="shop", images=False)[1][0]["_Image"] == {}


def test_nothing_found_is_told(read):
    with pytest.raises(EngineError) as caught:
        read(project="nobody")
    assert "`nobody`" in caught.value.message


def test_a_context_that_is_not_there_is_told():
    with pytest.raises(EngineError) as caught:
        inspect.records("nowhere", "")
    assert "no docker context `nowhere`" in caught.value.message
