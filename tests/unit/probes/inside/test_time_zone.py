"""The time zone as code sees it."""

from dataclasses import replace

from parity.probes.inside import time_zone
from parity.probes.inside.contract import Seen


def test_a_zone_with_data(recorded):
    found = time_zone.read(recorded("web")).values
    assert found == {"time-zone": {"name": "Europe/Berlin", "offsets": ["+01:00", "+02:00"]}}


def test_a_zone_without_data_shows(recorded):
    found = time_zone.read(replace(recorded("web"), offsets=(0, 0))).values
    assert found == {"time-zone": {"name": "Europe/Berlin", "offsets": ["+00:00", "+00:00"]}}


def test_the_image_s_own_zone_and_half_hours_west():
    seen = Seen({}, files={"/proc/1/environ": ""}, inside={"/etc/timezone": "America/St_Johns\n"})
    found = time_zone.read(replace(seen, offsets=(-12600, -9000))).values
    assert found == {"time-zone": {"name": "America/St_Johns", "offsets": ["-03:30", "-02:30"]}}


def test_nobody_looked():
    assert time_zone.read(Seen({})).values == {}
