"""Data that programs look for."""

from parity.probes.contract import File
from parity.probes.data_files import read, wants


def test_each_kind_is_there_or_not():
    files = {
        "/etc/ssl/cert.pem": File(0o644, 200_000),
        "/usr/share/zoneinfo/tzdata.zi": File(0o644, 0),
        "/usr/share/fonts": File(0o755, 4096, folder=True),
    }
    assert read({}, files).values == {
        "time-zones": False,
        "certificates": True,
        "locales": False,
        "fonts": True,
    }
    assert set(files) <= set(wants({}).look)
    assert wants({}).read == (), "their content is nobody's business"
