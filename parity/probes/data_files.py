"""Data that programs look for at known places: `time-zones`, `certificates`, `locales`, `fonts`.

True where it is there. Source: tzfile(5); Go's crypto/x509 for the places of certificates; locale(5);
fontconfig's default folders.
"""

from collections.abc import Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.contract import File, Wants

LAYER = Layer.FILESYSTEM

_PLACES: Mapping[str, tuple[str, ...]] = {
    "time-zones": ("/usr/share/zoneinfo/Europe/Budapest", "/usr/share/zoneinfo/tzdata.zi"),
    "certificates": (
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/cert.pem",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    ),
    "locales": ("/usr/lib/locale/locale-archive", "/usr/lib/locale/C.utf8", "/usr/lib/locale/C.UTF-8"),
    "fonts": ("/usr/share/fonts", "/usr/local/share/fonts"),
}  # fmt: skip


def wants(config: Mapping[str, Any]) -> Wants:
    """One file of each kind, at each place."""
    del config
    return Wants(look=tuple(path for places in _PLACES.values() for path in places))


def read(config: Mapping[str, Any], files: Mapping[str, File]) -> Facts:
    """Whether they are there; an empty file is none."""
    del config
    return Facts(
        {
            name: any(path in files and files[path].size > 0 for path in places)
            for name, places in _PLACES.items()
        }
    )
