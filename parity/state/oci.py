"""A registry, spoken to from this machine: manifests, and blobs that go on where they broke off."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Protocol
from urllib.parse import urljoin

from parity.errors import DamageError, ParityError, RegistryError, StateError
from parity.state.artifact import INDEX, LARGEST, MANIFEST, Blob, digest_of
from parity.state.oci_auth import Login, header
from parity.state.oci_names import Reference, is_loopback

if TYPE_CHECKING:
    import requests

TRIES = 6
_DOCKERS = tuple(
    f"application/vnd.docker.distribution.manifest.{kind}+json" for kind in ("v2", "list.v2")
)
"""Without these names a registry may answer in a form that is older than both."""
_CHUNK = 16 << 20
_SECONDS = (10, 120)
"""For a connection, and for the next bytes."""
_OK, _CREATED, _ACCEPTED, _NO_CONTENT, _PARTIAL = 200, 201, 202, 204, 206


class Reader(Protocol):
    """Bytes of a blob, in order."""

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; nothing at the end."""


Opener = Callable[[int], AbstractContextManager[Reader]]
"""Opens a blob at an offset."""


class Uploads(Protocol):
    """Where uploads that were begun are remembered."""

    def get(self, key: str) -> str:
        """Where the upload of that key is; empty for none."""

    def put(self, key: str, location: str) -> None:
        """Remember one; an empty location forgets it."""


class _Body:
    """The next part of a blob, as a request sends it."""

    def __init__(self, source: Reader, length: int, told: Callable[[int], None]) -> None:
        self._source = source
        self._left = length
        self._told = told

    def __len__(self) -> int:
        return self._left

    def __iter__(self) -> Iterator[bytes]:
        # Never called: it is how the library tells a file from a form.
        return iter(self.read, b"")

    def read(self, size: int = -1) -> bytes:
        del size  # the connection asks for 16 KiB at a time, and takes more as well
        if not self._left:
            return b""
        data = self._source.read(min(self._left, 1 << 18))
        if not data:
            raise _ShortError
        self._left -= len(data)
        self._told(len(data))
        return data


class _ShortError(Exception):
    """The blob ended before its size."""


class Registry:
    """One repository of a registry."""

    workers = 3

    def __init__(self, reference: Reference, login: Login, uploads: Uploads) -> None:
        import requests

        self._reference = reference
        self._login = login
        self._uploads = uploads
        self._header = ""
        self._lock = threading.Lock()
        self._session = requests.Session()
        self._session.auth = self._sign
        self._session.headers["User-Agent"] = "parity"
        self._session.verify = _authority(reference.host)
        self._base = self._find()

    def close(self) -> None:
        """Hang up."""
        self._session.close()

    @property
    def origin(self) -> str:
        """What errors call it."""
        return str(self._reference)

    def manifest(self) -> bytes:
        """The manifest that the reference stands for."""
        accept = {"Accept": ", ".join((MANIFEST, INDEX, *_DOCKERS, "*/*"))}
        answer = self._ask("GET", f"manifests/{self._reference.at}", headers=accept, stream=True)
        if answer.status_code != _OK:
            self._refuse(answer, "does not give the manifest")
        data = _small(answer, self.origin)
        wanted = self._reference.digest
        if wanted and digest_of(data) != wanted:
            raise DamageError(
                f"{self.origin} is damaged: its manifest is {digest_of(data)}",
                next_step="the same command again; if it stays so, look at the registry",
            )
        return data

    def put_manifest(self, data: bytes) -> str:
        """Store a manifest under the reference's tag; its digest."""
        answer = self._ask(
            "PUT",
            f"manifests/{self._reference.tag}",
            data=data,
            headers={"Content-Type": MANIFEST},
        )
        if answer.status_code not in (_OK, _CREATED, _ACCEPTED):
            self._refuse(answer, "does not take the manifest")
        return digest_of(data)

    def small(self, blob: Blob) -> bytes:
        """A blob that fits into memory."""
        answer = self._ask("GET", f"blobs/{blob.digest}", stream=True)
        if answer.status_code != _OK:
            self._refuse(answer, f"does not give {blob.digest}")
        return _small(answer, self.origin)

    def has(self, blob: Blob) -> bool:
        """Whether the blob is there already."""
        answer = self._ask("HEAD", f"blobs/{blob.digest}", allow_redirects=True)
        if answer.status_code not in (_OK, 404):
            self._refuse(answer, f"does not say whether it has {blob.digest}")
        return answer.status_code == _OK

    def download(self, blob: Blob, offset: int, told: Callable[[int], None]) -> Iterator[bytes]:
        """The bytes of a blob from `offset`; a connection that breaks is taken up again."""
        tries = 0
        while offset < blob.size:
            try:
                for data in self._from(blob, offset):
                    tries = 0
                    offset += len(data)
                    told(len(data))
                    yield data
            except _transport() as error:
                tries = self._again(tries, error)
                continue
            if offset < blob.size:
                tries = self._again(tries, EOFError("it ended early"))

    def _from(self, blob: Blob, offset: int) -> Iterator[bytes]:
        headers = {"Accept-Encoding": "identity"}
        if offset:
            headers["Range"] = f"bytes={offset}-"
        url = f"{self._base}/{self._reference.repository}/blobs/{blob.digest}"
        with self._request("GET", url, signed_again=True, headers=headers, stream=True) as answer:
            if answer.status_code not in (_OK, _PARTIAL):
                self._refuse(answer, f"does not give {blob.digest}")
            # Where ranges are not known, the beginning comes again.
            skip = offset if answer.status_code == _OK else 0
            left = blob.size - offset
            for data in answer.iter_content(1 << 18):
                new = data[skip:]
                skip -= len(data) - len(new)
                if new and left:
                    yield new[:left]
                    left -= min(left, len(new))

    def upload(self, blob: Blob, opened: Opener, told: Callable[[int], None]) -> None:
        """Send a blob, going on where an earlier try ended; `told` of each byte, less of one sent twice."""
        key = f"{self._reference.registry}/{self._reference.repository}@{blob.digest}"
        location, offset = self._resumed(key)
        tries = 0
        while True:
            told(offset)
            sent = _Count(told)
            try:
                location, offset = self._send(key, blob, opened, location, offset, sent)
                self._finish(blob, location)
            except _broken() as error:
                told(-offset - sent.bytes)
                tries = self._again(tries, error)
                location, offset = self._resumed(key)
            else:
                self._uploads.put(key, "")
                return

    def _send(
        self,
        key: str,
        blob: Blob,
        opened: Opener,
        location: str,
        offset: int,
        told: Callable[[int], None],
    ) -> tuple[str, int]:
        begun = offset
        if not location:
            location = self._begin()
        with opened(offset) as source:
            while offset < blob.size:
                length = min(_CHUNK, blob.size - offset)
                location = self._patch(location, _Body(source, length, told), offset, length)
                offset += length
                self._uploads.put(key, location)
        return location, begun

    def _begin(self) -> str:
        answer = self._ask("POST", "blobs/uploads/", data=b"")
        if answer.status_code != _ACCEPTED:
            self._refuse(answer, "takes no upload")
        return self._location(answer)

    def _patch(self, location: str, body: _Body, offset: int, length: int) -> str:
        answer = self._request(
            "PATCH",
            location,
            data=body,
            headers={
                "Content-Type": "application/octet-stream",
                "Content-Range": f"{offset}-{offset + length - 1}",
            },
        )
        if answer.status_code in (401, 404, 416):
            raise _LostError(answer.status_code)
        if answer.status_code not in (_ACCEPTED, _NO_CONTENT, _CREATED):
            self._refuse(answer, "does not take the upload")
        return self._location(answer)

    def _finish(self, blob: Blob, location: str) -> None:
        joint = "&" if "?" in location else "?"
        answer = self._request(
            "PUT", f"{location}{joint}digest={blob.digest}", data=b"", signed_again=True
        )
        if answer.status_code in (404, 416):
            raise _LostError(answer.status_code)
        if answer.status_code not in (_CREATED, _OK, _ACCEPTED, _NO_CONTENT):
            self._refuse(answer, f"does not accept {blob.digest}")

    def _resumed(self, key: str) -> tuple[str, int]:
        """Where a remembered upload goes on, and from which byte; ("", 0) where it is gone."""
        location = self._uploads.get(key)
        # Kept on disk, where others may have written: never sign what belongs to another host.
        if not location or not location.startswith(f"{self._base}/"):
            return "", 0
        answer = self._request("GET", location, signed_again=True)
        end = answer.headers.get("Range", "").removeprefix("bytes=").rpartition("-")[2]
        if answer.status_code != _NO_CONTENT or not end.isdigit():
            self._uploads.put(key, "")
            return "", 0
        # A registry says 0-0 of an upload that has nothing, and of one that has a single byte.
        return self._location(answer, location), int(end) + 1 if int(end) else 0

    def _location(self, answer: "requests.Response", fallback: str = "") -> str:
        found = answer.headers.get("Location", "")
        if not found and not fallback:
            self._refuse(answer, "does not say where to upload")
        return urljoin(answer.url, found) if found else fallback

    def _again(self, tries: int, error: Exception) -> int:
        if tries + 1 >= TRIES:
            raise self._silent(error) from error
        time.sleep(min(5.0, 0.1 * 4**tries))
        return tries + 1

    def _find(self) -> str:
        """`https://HOST/v2`, or plain HTTP as docker does it with this machine's own registries."""
        host = self._reference.host
        last: Exception = OSError("no answer")
        for scheme in ("http", "https") if is_loopback(host) else ("https",):
            try:
                answer = self._session.get(f"{scheme}://{host}/v2/", timeout=_SECONDS)
            except _transport() as error:
                last = error
                continue
            if scheme == "http" and answer.status_code == 400:  # noqa: PLR2004 - it speaks TLS
                continue
            return f"{scheme}://{host}/v2"
        raise self._silent(last) from last

    def _ask(self, method: str, path: str, **more: Any) -> "requests.Response":
        url = f"{self._base}/{self._reference.repository}/{path}"
        try:
            return self._request(method, url, signed_again=True, **more)
        except _transport() as error:
            raise self._silent(error) from error

    def _request(
        self, method: str, url: str, *, signed_again: bool = False, **more: Any
    ) -> "requests.Response":
        answer = self._session.request(method, url, timeout=_SECONDS, **more)
        if answer.status_code == 401:  # noqa: PLR2004
            used = answer.request.headers.get("Authorization", "")
            now = self._let_in(answer, used, "pull" if method in ("GET", "HEAD") else "pull,push")
            if signed_again and now and now != used:
                answer.close()
                return self._session.request(method, url, timeout=_SECONDS, **more)
        return answer

    def _let_in(self, answer: "requests.Response", used: str, rights: str) -> str:
        """What to sign with after a refusal; another thread may have found it in the meantime."""
        with self._lock:
            if self._header == used:
                scope = f"repository:{self._reference.repository}:{rights}"
                challenge = answer.headers.get("WWW-Authenticate", "")
                self._header = header(self._session, challenge, self._login, scope)
            return self._header

    def _sign(self, request: Any) -> Any:
        if self._header and request.url.startswith(self._base):
            request.headers["Authorization"] = self._header
        return request

    def _silent(self, error: Exception) -> ParityError:
        return RegistryError(
            f"no registry answers at {self._reference.host}: {_short(error)}",
            next_step="check the network and the registry's name, then again: what was sent stays",
        )

    def _refuse(self, answer: "requests.Response", what: str) -> NoReturn:
        status, said = answer.status_code, _said(answer)
        name = self._reference
        if status in (401, 403):
            raise RegistryError(
                f"{name.registry} refuses {name.repository}: {said or status}",
                next_step=f"`docker login {name.registry}`, then again",
            )
        if status == 404:  # noqa: PLR2004
            raise StateError(
                f"{name.registry} has no {name.repository}:{name.at}: {said or status}"
                if answer.request.method == "GET"
                else f"{name.registry} {what}: {said or status}",
                next_step="is the name right?",
            )
        if status == 429:  # noqa: PLR2004
            raise RegistryError(
                f"{name.registry} has answered too often: {said or status}",
                next_step="wait, then again: what was sent stays",
            )
        raise RegistryError(
            f"{name.registry} {what}: {said or status}",
            next_step="look at the registry, then again",
        )


class _LostError(Exception):
    """The registry does not know the upload any more, or not that far."""


class _Count:
    def __init__(self, told: Callable[[int], None]) -> None:
        self._told = told
        self.bytes = 0

    def __call__(self, count: int) -> None:
        self.bytes += count
        self._told(count)


def _transport() -> tuple[type[Exception], ...]:
    import requests.exceptions

    return (requests.exceptions.RequestException, _ShortError)


def _broken() -> tuple[type[Exception], ...]:
    return (*_transport(), _LostError)


def _authority(host: str) -> bool | str:
    """The certificates that docker trusts for a registry, else the machine's."""
    own = Path("/etc/docker/certs.d") / host / "ca.crt"
    return str(own) if own.is_file() else True


def _small(answer: "requests.Response", origin: str) -> bytes:
    data = b""
    for part in answer.iter_content(1 << 16):
        data += part
        if len(data) > LARGEST:
            answer.close()
            raise StateError(
                f"{origin} is not a parity state: its manifest is larger than 4 MiB",
                next_step="`parity state push` makes one",
            )
    return data


def _said(answer: "requests.Response") -> str:
    try:
        rows: Any = answer.json()["errors"]
        return "; ".join(str(row.get("message") or row.get("code")) for row in rows)
    except (ValueError, KeyError, TypeError, AttributeError):
        return ""


def _short(error: Exception) -> str:
    text = str(error) or type(error).__name__
    reason = getattr(error, "args", [None])[0]
    cause: Mapping[str, Any] | Any = getattr(reason, "reason", None)
    text = str(cause or text).rpartition(">: ")[2].rpartition(": ")[2] or text
    return text if len(text) < 200 else f"{text[:197]}…"  # noqa: PLR2004
