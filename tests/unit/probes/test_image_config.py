"""An image's config, as the engine and as a registry tell it."""

import json
from pathlib import Path

import pytest

from parity.probes.image_config import read

POSTGRES = json.loads((Path(__file__).parent / "recorded/engine-20.10-postgres.json").read_text())


def test_a_recorded_answer_of_an_engine():
    found = read(POSTGRES).values
    assert found["env"] == {
        "PATH": "/usr/lib/postgresql/15/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "PGDATA": "/var/lib/postgresql/data/pgdata",
        "LANG": "C.UTF-8",
    }
    assert found["entrypoint"] == ["/usr/local/bin/entrypoint.sh"]
    assert found["command"] == ["postgres"]
    assert found["exposed"] == ["5432/tcp"]
    assert found["volumes"] == ["/var/lib/postgresql/data"]
    assert found["stop_signal"] == "SIGINT"
    assert found["platform"] == "linux/amd64"
    assert "user" not in found, "what it does not say is no fact"
    assert "working_dir" not in found


def test_a_registrys_record_says_the_same():
    config = {
        "os": POSTGRES["Os"],
        "architecture": POSTGRES["Architecture"],
        "config": POSTGRES["Config"],
        "rootfs": {"type": "layers", "diff_ids": POSTGRES["RootFS"]["Layers"]},
    }
    assert read(config) == read(POSTGRES)


def test_a_check_is_told_as_compose_does():
    check = {
        "Test": ["CMD-SHELL", "curl -f localhost"],
        "Interval": 5_000_000_000,
        "Timeout": 1_500_000_000,
        "StartPeriod": 0,
        "Retries": 4,
    }
    assert read({"Config": {"Healthcheck": check}}).values["healthcheck"] == {
        "test": ["CMD-SHELL", "curl -f localhost"],
        "interval": "5s",
        "timeout": "1.5s",
        "retries": 4,
    }
    assert read({"Config": {"Healthcheck": {"Test": ["NONE"]}}}).values == {
        "healthcheck": {"disable": True}
    }


def test_a_variant_is_part_of_the_platform():
    record = {"Os": "linux", "Architecture": "arm64", "Variant": "v8"}
    assert read(record).values == {"platform": "linux/arm64/v8"}


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"Config": None},
        {"Config": {"Env": None, "Cmd": None, "Entrypoint": None, "Labels": None, "Volumes": None}},
        {"Config": {"Cmd": "not a list", "User": 5, "ExposedPorts": [], "Healthcheck": "x"}},
    ],
)
def test_what_is_not_there_or_of_another_form_is_no_fact(record):
    assert read(record).values == {}


def test_a_variable_keeps_every_sign():
    found = read({"Config": {"Env": ["A=b=c", "EMPTY=", "BARE", "URL=x?y=1 "]}}).values
    assert found["env"] == {"A": "b=c", "EMPTY": "", "BARE": "", "URL": "x?y=1 "}
