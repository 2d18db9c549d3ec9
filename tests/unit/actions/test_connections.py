import io
import tarfile

import pytest

from parity.actions import connections

ENV = ["POSTGRES_USER=shop", "POSTGRES_DB=shop", "POSTGRES_PASSWORD_FILE=/run/secrets/db"]


def attrs(*env, image="postgres"):
    return {"Id": "c1", "Config": {"Image": image, "Env": list(env)}, "Path": "x.sh", "Args": []}


class Engine:
    """Answers for one file of a container."""

    def __init__(self, content=None, size=None):
        self.api = self
        self.content = content
        self.size = size
        self.asked = []

    def get_archive(self, identity, path):
        from docker.errors import NotFound

        self.asked.append((identity, path))
        if self.content is None:
            raise NotFound("no such file")
        made = io.BytesIO()
        with tarfile.open(fileobj=made, mode="w") as archive:
            about = tarfile.TarInfo("db")
            about.size = len(self.content)
            archive.addfile(about, io.BytesIO(self.content))
        return iter([made.getvalue()]), {"size": self.size or len(self.content)}


def test_what_is_no_database_is_none():
    assert connections.database("web", attrs(image="nginx")) is None
    assert connections.database("db", attrs()).engine.name == "postgres"


def test_a_password_in_a_file_is_read_from_the_container():
    engine = Engine(b"s3cret\nsecond line\n")
    found = connections.database("db", attrs(*ENV))
    url = connections.url(engine, found, "127.0.0.1", 5433)
    assert url == "postgresql://shop:s3cret@127.0.0.1:5433/shop"
    assert engine.asked == [("c1", "/run/secrets/db")]


@pytest.mark.parametrize("engine", [Engine(), Engine(b"x", size=10**9)])
def test_a_file_that_is_not_there_or_is_no_password_is_left_out(engine):
    found = connections.database("db", attrs(*ENV))
    assert connections.url(engine, found, "h", 1) == "postgresql://shop@h:1/shop"


def test_what_is_given_plainly_asks_nobody():
    engine = Engine(b"other")
    found = connections.database("db", attrs(*ENV, "POSTGRES_PASSWORD=plain"))
    assert ":plain@" in connections.url(engine, found, "h", 1)
    assert engine.asked == []


def test_settings_are_a_mapping_of_what_is_given():
    settings = connections.Settings(Engine(b"x"), "c1", {"A": "1", "B_FILE": "/b"})
    assert dict(settings) == {"A": "1", "B_FILE": "/b"}
    assert len(settings) == 2
    assert settings["B"] == settings["B"] == "x"
    assert "C" not in settings
