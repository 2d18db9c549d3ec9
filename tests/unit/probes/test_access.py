"""What the image's user may read and write."""

import pytest

from parity.probes.access import read, wants
from parity.probes.contract import File, Files

PASSWD = b"root:x:0:0:root:/root:/bin/sh\napp:x:1001:1002::/app:/bin/sh\nbroken\n"
GROUP = b"root:x:0:\napp:x:1002:\nlogs:x:1003:other,app\n"
KNOWN = {"/etc/passwd": File(0o644, 9, data=PASSWD), "/etc/group": File(0o644, 9, data=GROUP)}


def file(mode, owner=0, group=0, **more):
    return File(mode, 1, owner=owner, group=group, **more)


def test_files_of_a_checkout_with_a_strict_umask():
    files = {
        **KNOWN,
        "/app": file(0o700, folder=True),
        "/app/server.py": file(0o600),
        "/app/lib": file(0o711, folder=True),
        "/app/own.py": file(0o600, 1001),
        "/app/group.py": file(0o640, 0, 1002),
        "/app/more.py": file(0o640, 0, 1003),
        "/app/link": file(0o600, target="/x"),
        "/var/other/.ssh": file(0o700, folder=True),
    }
    found = read({"user": "app", "working_dir": "/app"}, files)
    assert found.values["unreadable"] == ["/app/lib", "/app/server.py"]
    assert "unreadable" not in read({"user": "", "working_dir": "/app"}, files).values


@pytest.mark.parametrize(
    ("user", "writable"),
    [("app", True), ("1001", True), ("1001:0", True), ("", True), ("0", True), ("9", False),
     ("app:root", True), ("9:1002", True), ("9:app", True)],
)  # fmt: skip
def test_who_may_write(user, writable):
    folder = file(0o775, 1001, 1002, folder=True)
    found = read({"user": user, "volumes": ["/data"]}, {**KNOWN, "/data": folder})
    assert found.values["folders"] == {
        "/data": {"owner": "1001:1002", "mode": "0775", "writable": writable}
    }


def test_folders_are_told_that_data_goes_to():
    files = {f"/opt/jboss/{name}": file(0o755, folder=True) for name in ("log", "modules", "a/tmp")}
    found = read({"user": "9", "working_dir": "/opt/jboss"}, files)
    assert set(found.values["folders"]) == {"/opt/jboss/log", "/opt/jboss/a/tmp"}


@pytest.mark.parametrize("user", ["nobody-knows", "\x1b[2J", "9" * 40, ":", "²"])
def test_a_user_that_is_not_there_tells_nothing(user):
    assert read({"user": user, "volumes": ["/data"]}, {**KNOWN, "/data": file(0o700)}).values == {}


def test_what_is_asked_for():
    asked = wants({"working_dir": "/srv/shop/", "volumes": ["/data", "/"]})
    assert asked.names == ("/srv/shop", "/data")
    patterns = {pattern for pattern, _ in asked.odd}
    assert {"/srv/shop/**", "/app/**"} <= patterns
    assert "/srv/**" not in patterns
    private, _ = (test for pattern, test in asked.odd if pattern == "/app/**")
    assert private("/app/x", file(0o600))
    assert not private("/app/x", file(0o644))


def test_few_are_told_and_what_was_cut_is_unread():
    files = Files({f"/app/{n}": file(0o600) for n in range(90)} | KNOWN)
    files.cut = {"/app/**": "more than 5000 files"}
    assert len(read({"user": "app"}, files).values["unreadable"]) == 20
    assert read({"user": "app"}, files).unread == {"folders": "more than 5000 files"}
    empty = Files(KNOWN)
    empty.cut = files.cut
    assert set(read({"user": "app"}, empty).unread) == {"folders", "unreadable"}
