"""Files of images are read without running anything, whatever is in the image."""

import hashlib
import io
import json
import os
import tarfile
import time
import uuid

import pytest

from parity.engine.image_files import read_files
from parity.probes import image_config, registry
from parity.probes.contract import LARGEST, Wants

pytestmark = pytest.mark.engine

# Of this process alone: others run tests at the same time.
MINE = f"dev.parity.test=files-{os.getpid()}"
MARKS = {"dev.parity.role": "helper", MINE.partition("=")[0]: MINE.partition("=")[2]}
DPKG = b"Package: openssl\nStatus: install ok installed\nVersion: 3.0.15\n"


class Layer:
    """A layer of an image, as a tar that grows."""

    def __init__(self):
        self._buffer = io.BytesIO()
        self._tar = tarfile.open(fileobj=self._buffer, mode="w")  # noqa: SIM115 - closed by `bytes`

    def file(self, name: str, data: bytes = b"", mode: int = 0o644) -> "Layer":
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode = len(data), mode
        self._tar.addfile(entry, io.BytesIO(data))
        return self

    def link(self, name: str, target: str, kind: bytes = tarfile.SYMTYPE) -> "Layer":
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, target
        self._tar.addfile(entry)
        return self

    def folder(self, name: str, mode: int, owner: int = 0) -> "Layer":
        entry = tarfile.TarInfo(name)
        entry.type, entry.mode, entry.uid, entry.gid = tarfile.DIRTYPE, mode, owner, owner
        self._tar.addfile(entry)
        return self

    def device(self, name: str) -> "Layer":
        entry = tarfile.TarInfo(name)
        entry.type, entry.devmajor, entry.devminor = tarfile.CHRTYPE, 1, 5
        self._tar.addfile(entry)
        return self

    def bytes(self) -> bytes:
        self._tar.close()
        return self._buffer.getvalue()


@pytest.fixture
def image(client):
    """Loads an image of one layer; returns its name."""
    made: list[str] = []

    def load(layer: Layer, **config) -> str:
        name = f"parity-test-files:{uuid.uuid4().hex[:8]}"
        data = layer.bytes()
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        told = {
            "architecture": client.version()["Arch"],
            "os": "linux",
            "config": config,
            "rootfs": {"type": "layers", "diff_ids": [digest]},
        }
        manifest = [{"Config": "config.json", "RepoTags": [name], "Layers": ["layer.tar"]}]
        whole = Layer().file("layer.tar", data).file("config.json", json.dumps(told).encode())
        client.images.load(whole.file("manifest.json", json.dumps(manifest).encode()).bytes())
        made.append(name)
        return name

    yield load
    assert client.containers.list(all=True, filters={"label": MINE}) == []
    for name in made:
        client.images.remove(name, force=True)


def facts(client, name: str):
    config = image_config.read(client.api.inspect_image(name)).values
    return registry.read(config, read_files(client, name, registry.wants(config), MARKS))


def test_an_image_without_a_shell_tells_what_it_holds(client, image):
    layer = Layer().file("usr/lib/os-release", b"ID=debian\nVERSION_ID=12\n")
    layer.link("etc/os-release", "../usr/lib/os-release")
    layer.file("var/lib/dpkg/status.d/openssl", DPKG)
    layer.file("etc/ssl/certs/ca-certificates.crt", b"-----BEGIN CERTIFICATE-----")
    layer.link("lib64", "usr/lib64").file("usr/lib64/ld-linux-x86-64.so.2", b"\x7fELF")
    layer.file("start.sh", b"#!/bin/sh\r\necho\r\n", 0o755)
    found = facts(client, image(layer, Entrypoint=["/start.sh"]))
    assert found.unread == {}
    assert found.values == {
        "os": {"id": "debian", "version": "12"},
        "libc": "glibc",
        "packages": {"openssl": "3.0.15"},
        "certificates": True,
        "time-zones": False,
        "locales": False,
        "fonts": False,
        "entry": {"executable": True, "interpreter": "/bin/sh", "crlf": True},
        "runtimes": {"openssl": "3.0.15"},
    }


def test_links_lead_nowhere_but_into_the_image(client, image):
    layer = Layer().link("etc/os-release", "../../../../../../../../etc/passwd")
    layer.link("usr/lib/os-release", "/proc/1/environ")
    layer.link("var/lib/dpkg/status", "/var/lib/dpkg/other").link("var/lib/dpkg/other", "status")
    layer.link("lib/apk/db/installed", "/")
    wants = Wants(read=("/etc/os-release", "/usr/lib/os-release", "/var/lib/dpkg/status"))
    name = image(layer)
    assert read_files(client, name, wants, MARKS) == {}
    assert "packages" not in facts(client, name).values


def test_what_is_endless_is_cut_and_said_to_be(client, image):
    layer = Layer().file("var/lib/dpkg/status", DPKG + bytes(LARGEST + (4 << 20)))
    for number in range(6000):
        layer.file(f"var/lib/dpkg/status.d/{number}", b"Package: p%d\nVersion: 1\n" % number)
    name = image(layer)
    found = facts(client, name)
    assert "packages" not in found.values
    assert "larger than any" in found.unread["packages"]
    folder = read_files(client, name, Wants(read=("/var/lib/dpkg/status.d",)), MARKS)
    assert len(folder["/var/lib/dpkg/status.d"].files) == 5000
    assert folder["/var/lib/dpkg/status.d"].partial


def test_names_and_contents_that_are_no_text_are_read_as_some(client, image):
    odd = b"Package: \x1b[31mred\x07\nVersion: \xff\xfe\x1b]0;title\x07\n"
    layer = (
        Layer().file("var/lib/dpkg/status.d/\x1b[2J", odd).file("etc/os-release", bytes(range(256)))
    )
    found = facts(client, image(layer))
    (name,) = found.values["packages"]
    assert name == "[31mred", "what would move a terminal's cursor is left out"
    assert found.values.get("os", {}) == {}


def test_packages_settings_and_access_are_found_wherever_they_are(client, image):
    layer = Layer().file("etc/passwd", b"app:x:1001:1001::/app:/bin/sh\n")
    layer.file(
        "opt/venv/lib/python3.12/site-packages/a-1.dist-info/METADATA", b"Name: A\nVersion: 1\n"
    )
    layer.file("app/node_modules/@x/y/package.json", b'{"version": "2.0.0"}')
    layer.file("app/server.py", b"print()", 0o600).folder("app/log", 0o755, 1001)
    layer.file("app/.env", b"DATABASE_PASSWORD=planted-h0rse-staple-77\n")
    layer.file("app/native.so", b"\x7fELF\x02\x01\x01".ljust(18, b"\0") + b"\x16\x00")
    layer.file("etc/nginx/sites-available/shop", b"server {\n  listen 80;\n}\n")
    layer.link("etc/nginx/sites-enabled/shop", "../sites-available/shop")
    found = facts(client, image(layer, User="app", WorkingDir="/app"))
    assert found.unread == {}
    assert found.values["python"] == {"a": "1"}
    assert found.values["node"] == {"@x/y": "2.0.0"}
    assert found.values["unreadable"] == ["/app/server.py"]
    assert found.values["foreign"] == ["/app/native.so"]
    assert found.values["folders"]["/app/log"] == {
        "owner": "1001:1001", "mode": "0755", "writable": True,
    }  # fmt: skip
    assert found.values["config"]["/etc/nginx/sites-enabled/shop"] == {
        "content": "server {\nlisten 80;\n}\n"
    }
    assert found.values["config"]["/app/.env"] == {"DATABASE_PASSWORD": "planted-h0rse-staple-77"}


def test_a_hostile_image_is_gone_through_within_bounds(client, image):
    name = "\x1b[2J\x1b]0;title\x07"
    layer = Layer().link("app/ring", "ring").link("app/up", "../../../../../../etc/shadow")
    layer.link("app/node_modules/a/package.json", "/etc/hostname")
    layer.file("app/node_modules/b/package.json", b"[" * 100_000)
    layer.file(f"app/node_modules/{name}/package.json", b'{"version": "1"}')
    layer.file(f"app/{name}.so", b"\x7fELF\x02\x01\x01".ljust(18, b"\0") + b"\x16\x00")
    layer.file("app/config.yml", b"a: &a [x,x]\nb: &b [*a,*a]\n" + b"c: [" * 5000)
    layer.file("app/zeros.jar", bytes(100 << 20)).file(
        "bin/tool", b"\x7fELF" + bytes(64 << 20), 0o755
    )
    layer.link("bin/hard", "bin/tool", tarfile.LNKTYPE).device("app/endless.jar").device("dev/zero")
    layer.file("var/lib/rpm/rpmdb.sqlite", b"SQLite format 3\0" + b"\xff" * 90_000)
    for number in range(5_200):
        layer.file(f"app/v/node_modules/p{number}/package.json", b'{"version": "1.0.0"}')
    started = time.monotonic()
    found = facts(client, image(layer, WorkingDir="/app", User="5"))
    assert time.monotonic() - started < 60
    assert "more than 5000 files" in found.unread["node"]
    assert "rpm's database" in found.unread["packages"]
    assert found.values["config"]["/app/config.yml"] == {"unreadable": "it is not YAML"}
    assert found.values["foreign"] == ["/app/[2J]0;title.so"]
    assert "\x1b" not in json.dumps(found.values, ensure_ascii=False)


def test_an_image_that_is_gone_is_told(client):
    from parity.errors import ParityError

    with pytest.raises(ParityError, match="No such image"):
        read_files(client, "parity-test-files:none", Wants(look=("/etc",)), MARKS)


def test_what_was_read_once_is_known(client, image, monkeypatch, tmp_path):
    from parity.actions import image_layers as layers
    from parity.engine import image_files

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    name = image(Layer().file("etc/os-release", b"ID=debian\n"))
    records = layers._records([name], "")
    first = layers._files(records, "")
    assert first[name].values["os"] == {"id": "debian"}
    monkeypatch.setattr(image_files, "read_files", lambda *_: pytest.fail("it was read before"))
    assert layers._files(records, "") == first
    (file,) = (tmp_path / "parity" / "images").iterdir()
    monkeypatch.undo()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for rubbish in ("{", "[]", '{"values": 3}', '{"unknown": {}}'):
        file.write_text(rubbish)
        assert layers._files(records, "") == first, "a damaged one is read anew"
