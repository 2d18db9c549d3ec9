"""An image's files in one pass, whatever they are. A real engine's export: tests/engine/test_image_files.py."""

import io
import tarfile
import tracemalloc
from types import SimpleNamespace

import pytest

from parity.engine import image_walk
from parity.engine.image_walk import walk
from parity.probes.contract import Wants, cut

GO = b"\xff Go buildinf:"


class Export:
    """An engine with one export."""

    def __init__(self, data=b"", chunks=None, fails=None):
        self.data, self.chunks, self.fails, self.closed = data, chunks, fails, False

    def iter_content(self, size):
        if self.chunks is not None:
            yield from self.chunks
            return
        for start in range(0, len(self.data), size):
            yield self.data[start : start + size]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.closed = True

    @property
    def api(self):
        def fail(_):
            if self.fails:
                raise self.fails

        return SimpleNamespace(
            _url=lambda template, one: template.format(one),
            _get=lambda url, stream: self,
            _raise_for_status=fail,
        )


def archive(*entries):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, data, *more in entries:
            entry = tarfile.TarInfo(name)
            for key, value in (more[0] if more else {}).items():
                setattr(entry, key, value)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def walked(wants, *entries):
    return walk(Export(archive(*entries)).api, "c1", wants)


def test_patterns_are_of_whole_paths():
    entries = [
        ("usr/lib/python3/a.dist-info/METADATA", b"Name: a\n"),
        ("METADATA", b"no"),
        ("app/x/y/z.jar", b"PK"),
        ("app/z.jar", b"PK"),
        ("etc/nginx/conf.d/a.conf", b"listen 80;"),
        ("etc/nginx/conf.d/old/a.conf", b"listen 81;"),
    ]
    wants = Wants(walk=("**/*.dist-info/METADATA", "/etc/nginx/conf.d/*.conf"), names=("/app/**",))
    found = walked(wants, *entries)
    assert set(found) == {f"/{entries[n][0]}" for n in (0, 2, 3, 4)}
    assert found["/etc/nginx/conf.d/a.conf"].data == b"listen 80;"
    assert cut(found) == ""


def test_files_tell_whose_they_are_and_links_where_they_lead():
    found = walked(
        Wants(names=("/**",), walk=("/a/*",)),
        ("a/b", b"x", {"uid": 7, "gid": 8, "mode": 0o4750}),
        ("a/c", b"", {"type": tarfile.SYMTYPE, "linkname": "../../../../etc/x"}),
        ("a/d", b"", {"type": tarfile.LNKTYPE, "linkname": "a/b"}),
        ("a/e", b"", {"type": tarfile.DIRTYPE, "mode": 0o700}),
        ("a/f", b"", {"type": tarfile.CHRTYPE}),
    )
    assert (found["/a/b"].owner, found["/a/b"].group, found["/a/b"].mode) == (7, 8, 0o4750)
    assert found["/a/c"].target == "/etc/x"
    assert (found["/a/d"].target, found["/a/d"].data) == ("/a/b", b"x")
    assert found["/a/e"].folder
    assert found["/a/f"].data == b""


def test_names_that_lead_out_are_left_out():
    found = walked(
        Wants(names=("**",)), ("../../etc/passwd", b"x"), ("a/../../b", b"x"), ("c", b"x")
    )
    assert set(found) == {"/c"}


def test_ends_and_marks_and_what_is_odd():
    program = b"\x7fELF" + bytes(3 << 20) + b"." * 12 + GO + b"\x08\x02told"
    large = bytes(2 << 20) + b"end"
    found = walked(
        Wants(
            ends=(("**/*.jar", lambda end: end[-9:] + b"%d" % len(end)),),
            marks=(GO,),
            odd=(("/app/**", lambda path, file: file.mode == 0o600),),
        ),
        ("x.jar", large),
        ("usr/bin/tool", program, {"mode": 0o755}),
        ("usr/bin/text", GO, {"mode": 0o755}),
        ("app/one", b"1", {"mode": 0o644}),
        ("app/two", b"2", {"mode": 0o600}),
    )
    assert found["/x.jar"].data == bytes(6) + b"end1048576"
    assert found["/usr/bin/tool"].marks == {GO: b"\x08\x02told"}
    assert set(found) == {"/x.jar", "/usr/bin/tool", "/app/two"}


def test_a_mark_at_no_multiple_is_part_of_the_text():
    program = b"\x7fELF" + bytes(100) + GO + bytes(1 << 20)
    assert walked(Wants(marks=(GO,)), ("x", program, {"mode": 0o755})) == {}


def test_bounds_are_told(monkeypatch):
    entries = [(f"d/{n}", b"12345678") for n in range(40)]
    monkeypatch.setattr(image_walk, "MOST_MATCHES", 30)
    found = walked(Wants(walk=("/d/*",), names=("/d/1",)), *entries)
    assert len(found) == 30
    assert "more than 30 files" in cut(found, "/d/*")
    assert cut(found, "/d/1") == ""
    monkeypatch.setattr(image_walk, "MOST_KEPT", 16)
    assert "of interest" in cut(walked(Wants(walk=("/d/*",)), *entries))
    monkeypatch.setattr(image_walk, "MOST_ENTRIES", 5)
    assert "more than 5 files" in cut(walked(Wants(names=("/none",)), *entries))


def test_what_has_no_end_is_left_and_little_is_kept(monkeypatch):
    monkeypatch.setattr(image_walk, "MOST_BYTES", 256 << 20)
    endless = tarfile.TarInfo("x")
    endless.size = 1 << 40
    zeros = bytes(1 << 20)

    def chunks():
        yield endless.tobuf(tarfile.GNU_FORMAT)
        while True:
            yield zeros

    export = Export(chunks=chunks())
    tracemalloc.start()
    found = walk(export.api, "c1", Wants(ends=(("/x", bytes),)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "GiB" in cut(found)
    assert export.closed
    assert peak < 32 << 20


def test_many_files_take_no_memory(monkeypatch):
    data = [tarfile.TarInfo(f"d/{n}").tobuf() for n in range(1000)]
    export = Export(chunks=(b"".join(data) for _ in range(30)))
    monkeypatch.setattr(image_walk, "MOST_ENTRIES", 29_000)
    tracemalloc.start()
    assert "more than 29000 files" in cut(walk(export.api, "c1", Wants(names=("/none",))))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20


def test_time_is_a_bound(monkeypatch):
    monkeypatch.setattr(image_walk, "MOST_SECONDS", 0.0)
    assert "in 0 s" in cut(walked(Wants(names=("/**",)), ("a", b"x")))


@pytest.mark.parametrize("data", [b"no tar at all", archive(("a", b"x" * 600))[:700]])
def test_an_export_that_breaks_off_is_told(data):
    found = walk(Export(data).api, "c1", Wants(walk=("/**",)))
    assert "broke off" in cut(found, "/any")


def test_an_engine_that_gives_none_is_told():
    from docker.errors import APIError

    found = walk(Export(fails=APIError("no export")).api, "c1", Wants(walk=("/**",)))
    assert found == {}
    assert "no export" in cut(found)


def test_nothing_is_asked_where_nothing_is_wanted():
    assert walk(None, "c1", Wants(read=("/etc/os-release",))) == {}
