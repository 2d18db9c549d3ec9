"""What the engine says of a container."""

from parity.probes.inside import engine_record
from parity.probes.inside.contract import Seen


def test_of_a_healthy_one(recorded):
    found = engine_record.read(recorded("db")).values
    assert found["image"].startswith("sha256:")
    assert {**found, "image": ""} == {"image": "", "log-driver": "json-file", "log-max-size": "10m"}


def test_of_one_that_is_not():
    record = {"RestartCount": 3, "State": {"Health": {"Status": "unhealthy"}}}
    assert engine_record.read(Seen(record)).values == {"restarts": 3, "healthy": False}
