"""Archives of images are read up to a limit. What a real engine answers: tests/engine/test_image_files.py."""

import base64
import io
import json
import tarfile
from types import SimpleNamespace

import pytest

from parity.engine.image_files import read_files
from parity.errors import EngineError
from parity.probes.contract import LARGEST, Wants

LINK, FOLDER = 1 << 27, 1 << 31


def archive(**files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


class Answer:
    def __init__(self, told=None, data=b"", status=200, text=""):
        self.headers = {
            "X-Docker-Container-Path-Stat": base64.b64encode(json.dumps(told or {}).encode())
        }
        self.status_code, self.ok, self.text = status, status < 400, text
        self.data, self.read, self.closed = data, 0, False

    def iter_content(self, size):
        for start in range(0, len(self.data), size):
            self.read += size
            yield self.data[start : start + size]

    def close(self):
        self.closed = True

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


@pytest.fixture
def client():
    """An engine with answers by path; `removed` are containers."""

    def make(**answers):
        removed = []

        def get(url, params, stream):
            return answers.get(params["path"].strip("/"), Answer(status=404))

        def fail(answer):
            if not answer.ok:
                from docker.errors import APIError

                raise APIError(answer.text, explanation=answer.text)

        api = SimpleNamespace(
            create_container_from_config=lambda body: {"Id": "c1"},
            _url=lambda template, one: template.format(one),
            _get=get,
            _raise_for_status=fail,
            remove_container=lambda one, v, force: removed.append(one),
        )
        return SimpleNamespace(api=api, removed=removed)

    return make


def told(mode=0o644, size=1, target=""):
    return {"mode": mode, "size": size, "linkTarget": target}


def test_links_are_followed_and_what_is_not_there_is_left_out(client):
    link = Answer(told(LINK | 0o777, 9, "/usr/x"))
    one = client(etc=link, **{"usr/x": Answer(told(size=3), archive(x=b"abc"))})
    found = read_files(one, "i", Wants(read=("/etc", "/none")), {})
    assert {path: (f.data, f.target, f.partial) for path, f in found.items()} == {
        "/etc": (b"abc", "/usr/x", False)
    }
    assert link.closed
    assert one.removed == ["c1"]


def test_links_in_a_ring_are_nothing(client):
    one = client(a=Answer(told(LINK, 1, "/b")), b=Answer(told(LINK, 1, "/a")))
    assert read_files(one, "i", Wants(look=("/a",)), {}) == {}
    ring = client(a=Answer(status=500, text="evalSymlinksInScope: too many links in /a"))
    assert read_files(ring, "i", Wants(look=("/a",)), {}) == {}


def test_no_more_is_read_than_is_wanted(client):
    large = Answer(told(size=64 << 20), archive(x=bytes(64 << 20)))
    one = client(x=large)
    found = read_files(one, "i", Wants(head=("/x",)), {})["/x"]
    assert (len(found.data), found.partial) == (4096, True)
    assert large.read < 4 << 20
    again = Answer(told(size=64 << 20), archive(x=bytes(64 << 20)))
    whole = read_files(client(x=again), "i", Wants(read=("/x",)), {})["/x"]
    assert whole.partial
    assert again.read < LARGEST + (4 << 20)
    looked = Answer(told(0o755, 5), archive(x=b"never"))
    assert read_files(client(x=looked), "i", Wants(look=("/x",)), {})["/x"].data == b""
    assert looked.read == 0


def test_a_folder_has_its_files_by_name(client):
    data = archive(**{"d/one": b"1", "d/sub/two": b"2"})
    found = read_files(client(d=Answer(told(FOLDER | 0o755), data)), "i", Wants(read=("/d",)), {})
    assert dict(found["/d"].files) == {"one": b"1", "sub/two": b"2"}


@pytest.mark.parametrize("data", [b"", b"no tar", archive(x=b"abc")[:700]])
def test_an_archive_that_is_none_is_said_to_be_cut(client, data):
    found = read_files(client(x=Answer(told(size=3), data)), "i", Wants(read=("/x",)), {})
    assert found["/x"].partial or found["/x"].data == b"abc"


def test_a_refusal_is_told_and_the_container_goes(client):
    one = client(x=Answer(status=500, text="the disk is on fire"))
    with pytest.raises(EngineError, match="on fire"):
        read_files(one, "i", Wants(look=("/x",)), {})
    assert one.removed == ["c1"]
