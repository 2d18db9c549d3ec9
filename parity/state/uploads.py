"""Uploads that were begun in registries, kept in a file so that the next push goes on with them."""

import contextlib
import json
import threading
from pathlib import Path

from parity.errors import UsageError
from parity.paths import write

_MOST = 64


class KeptUploads:
    """Where each upload is, by its key."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def get(self, key: str) -> str:
        """Where the upload of that key is; empty for none."""
        with self._lock:
            return self._read().get(key, "")

    def put(self, key: str, location: str) -> None:
        """Remember one; an empty location forgets it."""
        with self._lock:
            rows = self._read()
            if not rows.pop(key, "") and not location:
                return
            if location:
                rows[key] = location
            # The oldest are no good: registries drop them after some days.
            kept = dict(list(rows.items())[-_MOST:])
            with contextlib.suppress(UsageError):  # then the upload begins again: no harm
                write(self._path, json.dumps(kept, indent=1) + "\n", mode=0o600)

    def _read(self) -> dict[str, str]:
        try:
            rows = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(key): str(value) for key, value in rows.items()}
        except (OSError, ValueError, AttributeError):
            return {}
