"""What kind of folder a mount's target is."""

import pytest

from parity.diff.compare import side
from parity.diff.settings import flatten
from parity.diff.view import Service
from parity.model.environment import Environment
from parity.rules import storage_mounts as folders


def service(**body):
    return Service("web", flatten(body), body)


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ("/app", True),
        ("/usr/src/app/src", True),
        ("/var/www/html", True),
        ("/home/node/app", True),
        ("/home/frontend", True),
        ("/app/media", False),
        ("/app/node_modules", False),
        ("/app/config.yml", False),
        ("/application-data", False),
        ("/data", False),
        ("/etc/nginx", False),
    ],
)
def test_code(target, code):
    assert folders.is_code(target, service()) is code


def test_the_working_directory_holds_code():
    assert folders.is_code("/shop/lib", service(working_dir="/shop"))
    assert not folders.is_code("/", service(working_dir="/"))
    assert folders.is_program("/shop", service(working_dir="/shop"))
    assert not folders.is_program("/app", service(working_dir="/shop"))
    assert folders.is_program("/app", service())
    assert not folders.is_program("/app/src", service())


@pytest.mark.parametrize(
    ("target", "wanted"),
    [("/etc/a.conf", True), ("/srv/Caddyfile", True), ("/etc/conf.d", False), ("/data", False)],
)
def test_files(target, wanted):
    assert folders.is_file(target) is wanted


def test_what_holds_a_folder_and_what_is_part_of_it():
    assert folders.holds("/srv", "/srv/a")
    assert folders.holds("/srv", "/srv")
    assert not folders.holds("/srv/a", "/srv")
    assert not folders.holds("/sr", "/srv")
    assert folders.covers("/srv/a", "/srv")
    assert not folders.covers("/srv-b", "/srv")


@pytest.mark.parametrize(
    ("mount", "lasts"),
    [
        ({"type": "volume", "source": "named", "target": "/data/"}, True),
        ({"type": "bind", "source": "/d", "target": "/data"}, True),
        ({"type": "volume", "target": "/data"}, False),
        ({"type": "volume", "source": "pod", "target": "/data"}, False),
        ({"type": "tmpfs", "target": "/data"}, False),
        ({"type": "volume", "source": "named", "target": "/other"}, False),
    ],
)
def test_what_outlives_the_container(mount, lasts):
    document = {
        "services": {"db": {"image": "x", "volumes": [mount]}},
        "volumes": {"pod": {"x-parity": {"ephemeral": True}}, "named": None},
    }
    made = side(Environment("prod", "kubernetes", (), document))
    assert bool(folders.lasting(made.services["db"], made, "/data")) is lasts


def test_postgres_is_told_its_folder():
    assert folders.data_folder(service(image="postgres:16")) == "/var/lib/postgresql"
    told = service(image="postgres:16", environment={"PGDATA": "/pg"})
    assert folders.data_folder(told) == "/pg"
    assert folders.data_folder(service(image="redis:7")) == ""
