"""Mounts: whose they are, and what lies in them."""

from parity.probes.inside import mounts
from parity.probes.inside.contract import Seen

STATUS = "Uid:\t0\t{0}\t0\t0\nGid:\t0\t{1}\t0\t0\nGroups:\t{2}\n"
VOLUME = {"Mounts": [{"Type": "volume", "Destination": "/data"}]}
BIND = {"Mounts": [{"Type": "bind", "Destination": "/app"}]}


def owned(user, group, mode, *, by=(1000, 1000, "1000")):
    place = {"uid": user, "gid": group, "mode": mode}
    files = {"/proc/1/status": STATUS.format(*by)}
    seen = Seen(VOLUME, files=files, places={"/data": place})
    return mounts.read(seen).values["mounts"]["/data"]


def test_of_a_database(recorded):
    assert mounts.read(recorded("db")).values["mounts"]["/var/lib/postgresql/data"] == {
        "type": "disk",
        "read-only": False,
        "owner": "999:999",
        "mode": "0700",
        "writable": True,
    }


def test_memory_and_a_single_file(recorded):
    found = mounts.read(recorded("proxy")).values["mounts"]
    assert found["/tmp"]["type"] == "tmpfs"
    assert found["/tmp"]["noexec"] is True
    assert found["/etc/nginx/nginx.conf"]["read-only"] is True
    assert found["/etc/nginx/nginx.conf"]["writable"] is False


def test_who_may_write():
    assert owned(1000, 0, 0o755)["writable"] is True
    assert owned(0, 1000, 0o775)["writable"] is True
    assert owned(0, 7, 0o775, by=(1000, 1000, "7 8"))["writable"] is True
    assert owned(0, 0, 0o755)["writable"] is False
    assert owned(1000, 0, 0o577)["writable"] is False, "its owner is asked first"
    assert owned(1000, 0, 0o500, by=(0, 0, ""))["writable"] is True, "root may"


def test_files_that_are_not_the_image_s_any_more():
    trees = {"/data": {"files": {"app.js": "new", "same.css": "s", "upload.png": "u"}}}
    images = {"/data": {"app.js": "old", "same.css": "s", "gone.js": "g"}}
    found = mounts.read(Seen(VOLUME, files={"/": ""}, trees=trees, images=images)).values
    assert found == {"mounts": {"/data": {"differs-from-image": ["app.js"]}}}
    assert mounts.read(Seen(VOLUME, files={"/": ""}, trees=trees)).values == {}


def test_file_systems_that_take_two_cases_for_one():
    for one, said in ((True, False), (False, True)):
        seen = Seen(BIND, files={"/": ""}, places={"/app": {"one-case": one}})
        assert mounts.read(seen).values == {"case-sensitive": said}
    assert mounts.read(Seen(BIND, files={"/": ""}, places={"/app": {}})).values == {}


def test_secrets_are_not_looked_at_and_volumes_are():
    record = {
        "Mounts": [
            {"Type": "bind", "Destination": "/run/secrets/key"},
            {"Type": "volume", "Destination": "/data"},
        ],
        "HostConfig": {"Tmpfs": {"/tmp": ""}},
    }
    wanted = mounts.wants(record)
    assert wanted.places == ("/data", "/tmp")
    assert wanted.trees == ("/data",)


def test_rubbish_says_nothing():
    files = {"/proc/1/mountinfo": "1 2 - \n- - - - - - - -\n1 2 3 4 /data rw -"}
    assert mounts.read(Seen(VOLUME, files=files, places={"/data": {}})).values == {}
