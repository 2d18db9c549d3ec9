"""Talking to a registry: uploads and downloads that break go on; refusals say what to do."""

import contextlib
import hashlib
import io
import re
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from parity.errors import DamageError, RegistryError, StateError
from parity.state import oci
from parity.state.artifact import Blob
from parity.state.oci import Registry
from parity.state.oci_auth import Login
from parity.state.oci_names import Reference

DATA = bytes(range(256)) * 4000
BLOB = Blob(f"sha256:{hashlib.sha256(DATA).hexdigest()}", len(DATA))


class Uploads(dict):
    """Kept in memory."""

    def get(self, key):
        return super().get(key, "")

    def put(self, key, location):
        self[key] = location


class Fake:
    """What the fake registry holds, and how it behaves."""

    def __init__(self):
        self.blobs = {}
        self.manifests = {}
        self.uploads = {}
        self.asked = []
        self.user = ""
        self.break_after = []
        """Bytes after which a connection is cut, one for each transfer."""
        self.forgets = False
        """Whether half a chunk costs the whole upload, as with distribution 2.8."""
        self.ranges = True
        self.fails = {}
        """Status by method, instead of an answer."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    fake: Fake

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_any(self):
        fake, path = self.fake, urllib.parse.urlparse(self.path)
        fake.asked.append(f"{self.command} {path.path}")
        if fake.user and "Authorization" not in self.headers:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            return self.answer(401, WWW_Authenticate='Basic realm="x"')
        if self.command in fake.fails and path.path != "/v2/":
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = b'{"errors": [{"code": "DENIED", "message": "no\\u001b such luck"}]}'
            return self.answer(fake.fails[self.command], body)
        if path.path == "/v2/":
            return self.answer(200)
        kind = re.fullmatch(r"/v2/acme/states/(blobs/uploads|blobs|manifests)/(.*)", path.path)
        name = kind[1].replace("/", "_")
        return getattr(self, f"{self.command.lower()}_{name}")(kind[2], path.query)

    do_GET = do_HEAD = do_POST = do_PATCH = do_PUT = handle_any

    def get_manifests(self, name, query):
        data = self.fake.manifests.get(name)
        self.answer(404) if data is None else self.answer(200, data)

    def put_manifests(self, name, query):
        self.fake.manifests[name] = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(201)

    def head_blobs(self, digest, query):
        self.answer(200 if digest in self.fake.blobs else 404)

    def get_blobs(self, digest, query):
        data = self.fake.blobs.get(digest)
        if data is None:
            return self.answer(404)
        start = 0
        if self.fake.ranges and "Range" in self.headers:
            start = int(re.match(r"bytes=(\d+)-", self.headers["Range"])[1])
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        stop = self.fake.break_after.pop(0) if self.fake.break_after else len(data)
        self.wfile.write(data[start : start + stop])
        if start + stop < len(data):
            self.close_connection = True
        return None

    def post_blobs_uploads(self, name, query):
        key = str(len(self.fake.uploads))
        self.fake.uploads[key] = b""
        self.answer(202, Location=f"/v2/acme/states/blobs/uploads/{key}?state=0")

    def get_blobs_uploads(self, key, query):
        data = self.fake.uploads.get(key)
        if data is None:
            return self.answer(404)
        self.answer(204, **self.where(key, data))
        return None

    def where(self, key, data):
        location = f"/v2/acme/states/blobs/uploads/{key}?state={len(data)}"
        return {"Location": location, "Range": f"0-{max(0, len(data) - 1)}"}

    def patch_blobs_uploads(self, key, query):
        length = int(self.headers["Content-Length"])
        if key not in self.fake.uploads:
            self.rfile.read(length)
            return self.answer(404)
        start = int(self.headers["Content-Range"].partition("-")[0])
        assert start == len(self.fake.uploads[key])
        stop = self.fake.break_after.pop(0) if self.fake.break_after else length
        data = self.rfile.read(min(stop, length))
        if stop < length:
            self.close_connection = True
            if self.fake.forgets:
                del self.fake.uploads[key]
            else:
                self.fake.uploads[key] += data
            self.connection.close()
            return None
        self.fake.uploads[key] += data
        return self.answer(202, **self.where(key, self.fake.uploads[key]))

    def put_blobs_uploads(self, key, query):
        wanted = urllib.parse.parse_qs(query)["digest"][0]
        data = self.fake.uploads.pop(key, None)
        if data is None:
            return self.answer(404)
        if f"sha256:{hashlib.sha256(data).hexdigest()}" != wanted:
            return self.answer(400, b'{"errors": [{"message": "digest invalid"}]}')
        self.fake.blobs[wanted] = data
        return self.answer(201)


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(oci.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(oci, "_CHUNK", 300_000)
    fake = Fake()
    handler = type("Of", (Handler,), {"fake": fake})

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_):
            pass

    found = Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=found.serve_forever, args=(0.02,))
    thread.start()
    fake.address = f"127.0.0.1:{found.server_port}"
    yield fake
    found.shutdown()
    found.server_close()
    thread.join()


@pytest.fixture
def connect(server):
    made = []

    def make(login=None, uploads=None, digest="", tag="x"):
        reference = Reference(server.address, "acme/states", tag, digest)
        made.append(
            Registry(reference, login or Login(), Uploads() if uploads is None else uploads)
        )
        return made[-1]

    yield make
    for one in made:
        one.close()


def opened(offset):
    return contextlib.closing(io.BytesIO(DATA[offset:]))


class Counter:
    def __init__(self):
        self.sum = 0

    def __call__(self, count):
        self.sum += count


def test_a_blob_is_sent_in_chunks(server, connect):
    told = Counter()
    connect().upload(BLOB, opened, told)
    assert server.blobs == {BLOB.digest: DATA}
    assert sum(row.startswith("PATCH") for row in server.asked) == 4
    assert told.sum == len(DATA)


def test_an_empty_blob_is_sent(server, connect):
    empty = Blob(f"sha256:{hashlib.sha256(b'').hexdigest()}", 0)
    connect().upload(empty, lambda offset: contextlib.closing(io.BytesIO()), Counter())
    assert server.blobs == {empty.digest: b""}


def test_an_upload_that_breaks_goes_on_from_there(server, connect):
    server.break_after = [10**9, 100_000]
    told, offsets = Counter(), []
    connect().upload(BLOB, lambda offset: offsets.append(offset) or opened(offset), told)
    assert server.blobs == {BLOB.digest: DATA}
    assert offsets[0] == 0
    assert offsets[1] >= 300_000
    assert told.sum == len(DATA)


def test_an_upload_that_another_process_began_goes_on_from_there(server, connect):
    uploads = Uploads()
    server.break_after = [10**9, 10**9] + [0] * 20

    class Killed(BaseException):
        pass

    class Half(io.BytesIO):
        def read(self, size=-1):
            if self.tell() >= 600_000:
                raise Killed
            return super().read(min(size, 100_000))

    with pytest.raises(Killed):
        connect(uploads=uploads).upload(BLOB, lambda o: contextlib.closing(Half(DATA)), Counter())
    server.break_after = []
    offsets = []
    connect(uploads=uploads).upload(
        BLOB, lambda offset: offsets.append(offset) or opened(offset), Counter()
    )
    assert offsets == [600_000]
    assert server.blobs == {BLOB.digest: DATA}
    assert set(uploads.values()) == {""}


def test_a_registry_that_forgets_half_an_upload_gets_it_anew(server, connect):
    server.forgets = True
    server.break_after = [10**9, 100_000]
    told = Counter()
    connect().upload(BLOB, opened, told)
    assert server.blobs == {BLOB.digest: DATA}
    assert told.sum == len(DATA)


def test_an_upload_kept_for_another_registry_is_not_signed(server, connect):
    uploads = Uploads()
    uploads.put(f"{server.address}/acme/states@{BLOB.digest}", "http://192.0.2.1/steal")
    connect(login=Login("ada", "secret"), uploads=uploads).upload(BLOB, opened, Counter())
    assert server.blobs == {BLOB.digest: DATA}


def test_a_connection_that_always_breaks_is_given_up(server, connect):
    server.break_after = [1000] * 50
    server.forgets = True
    with pytest.raises(RegistryError, match="no registry answers") as caught:
        connect().upload(BLOB, opened, Counter())
    assert "what was sent stays" in caught.value.next_step


def test_a_blob_that_is_not_what_its_digest_says_is_not_taken(server, connect):
    other = Blob(f"sha256:{'0' * 64}", len(DATA))
    with pytest.raises(RegistryError, match="digest invalid"):
        connect().upload(other, opened, Counter())


def test_what_is_there_is_seen(server, connect):
    registry = connect()
    assert not registry.has(BLOB)
    server.blobs[BLOB.digest] = DATA
    assert registry.has(BLOB)


def test_a_blob_is_fetched_from_any_byte(server, connect):
    server.blobs[BLOB.digest] = DATA
    told = Counter()
    assert b"".join(connect().download(BLOB, 0, told)) == DATA
    assert b"".join(connect().download(BLOB, 70_000, told)) == DATA[70_000:]
    assert b"".join(connect().download(BLOB, len(DATA), told)) == b""
    assert told.sum == 2 * len(DATA) - 70_000


@pytest.mark.parametrize("ranges", [True, False])
def test_a_download_that_breaks_goes_on_from_there(server, connect, ranges):
    server.ranges = ranges
    server.blobs[BLOB.digest] = DATA
    server.break_after = [300_000, 400_000, 700_000]
    assert b"".join(connect().download(BLOB, 5, Counter())) == DATA[5:]


def test_a_blob_that_is_longer_than_announced_is_cut(server, connect):
    server.blobs[BLOB.digest] = DATA
    short = Blob(BLOB.digest, 1000)
    assert b"".join(connect().download(short, 0, Counter())) == DATA[:1000]


def test_a_blob_that_is_always_shorter_is_given_up(server, connect):
    server.blobs[BLOB.digest] = b"short"
    with pytest.raises(RegistryError, match="it ended early"):
        list(connect().download(BLOB, 0, Counter()))


def test_a_blob_that_is_gone_is_told(server, connect):
    with pytest.raises(StateError):
        list(connect().download(BLOB, 0, Counter()))


def test_manifests_come_back_as_they_went(server, connect):
    registry = connect()
    digest = registry.put_manifest(b'{"a": 1}')
    assert digest == "sha256:" + hashlib.sha256(b'{"a": 1}').hexdigest()
    assert registry.manifest() == b'{"a": 1}'


def test_a_manifest_of_another_digest_is_damage(server, connect):
    wanted = f"sha256:{'0' * 64}"
    server.manifests[wanted] = b"{}"
    with pytest.raises(DamageError, match="its manifest is"):
        connect(digest=wanted).manifest()


def test_a_manifest_without_end_is_refused(server, connect):
    server.manifests["x"] = bytes(5 << 20)
    with pytest.raises(StateError, match="larger than 4 MiB"):
        connect().manifest()


def test_a_tag_that_is_not_there_is_told(connect):
    with pytest.raises(StateError, match="has no acme/states:x"):
        connect().manifest()


def test_a_login_is_used_when_it_is_asked_for(server, connect):
    server.user = "ada"
    server.manifests["x"] = b"{}"
    assert connect(Login("ada", "secret")).manifest() == b"{}"
    with pytest.raises(RegistryError, match="refuses acme/states") as caught:
        connect().manifest()
    assert caught.value.next_step.startswith(f"`docker login {server.address}`")


def test_several_at_once_find_out_together_how_to_get_in(server, connect):
    server.user = "ada"
    registry = connect(Login("ada", "secret"))
    results = []
    threads = [
        threading.Thread(target=lambda: results.append(registry.has(BLOB))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [False] * 8


@pytest.mark.parametrize(
    ("status", "said", "hint"),
    [
        (403, "refuses acme/states", "docker login"),
        (429, "answered too often", "wait"),
        (500, "takes no upload", "look at the registry"),
        (507, "takes no upload", "look at the registry"),
    ],
)
def test_refusals_say_what_to_do(server, connect, status, said, hint):
    server.fails = {"POST": status}
    with pytest.raises(RegistryError, match=said) as caught:
        connect().upload(BLOB, opened, Counter())
    assert hint in caught.value.next_step
    assert "such luck" in caught.value.message


def test_a_registry_that_is_not_there_is_told():
    with pytest.raises(RegistryError, match="no registry answers at 127.0.0.1:1: "):
        Registry(Reference("127.0.0.1:1", "acme/states", "x"), Login(), Uploads())
