"""A container's config, less what its image says anyway."""

import pytest

from parity.sources.docker_container import config, duration, group_of
from parity.sources.ledger import Ledger

IMAGE = {
    "Env": ["PATH=/bin", "MODE=a"],
    "Cmd": ["serve"],
    "Entrypoint": ["/run.sh"],
    "User": "app",
    "WorkingDir": "/srv",
    "Labels": {"vendor": "x"},
    "Healthcheck": {"Test": ["CMD", "ok"], "Interval": 1000000000},
    "StopSignal": "SIGQUIT",
}


def service(image=IMAGE, digests=(), **own):
    record = {
        "Id": "0123456789abcdef",
        "Config": {"Image": "repo/app:1", **IMAGE, **own},
        "HostConfig": {"NetworkMode": "default"},
        "_Image": {"Config": image, "RepoDigests": list(digests), "RepoTags": ["repo/app:1"]},
    }
    ledger = Ledger(record)
    found = {}
    config(ledger.root, found)
    found.pop("image")
    return found


def test_what_the_image_says_is_left_out():
    assert service() == {}


@pytest.mark.parametrize(
    ("own", "found"),
    [
        ({"Env": ["PATH=/bin", "MODE=b", "X=", "ODD"]}, {"environment": {"MODE": "b", "X": ""}}),
        ({"Cmd": ["other"]}, {"command": ["other"]}),
        ({"Cmd": None}, {}),
        ({"Entrypoint": ["sh"], "Cmd": ["serve"]}, {"entrypoint": ["sh"], "command": ["serve"]}),
        ({"Entrypoint": None}, {"entrypoint": [], "command": ["serve"]}),
        ({"User": "0"}, {"user": "0"}),
        ({"User": ""}, {}),
        ({"WorkingDir": "/x"}, {"working_dir": "/x"}),
        ({"StopSignal": "SIGINT"}, {"stop_signal": "SIGINT"}),
        ({"StopTimeout": 0}, {"stop_grace_period": "0s"}),
        (
            {"Labels": {"vendor": "x", "a": "1", "com.docker.compose.x": "1"}},
            {"labels": {"a": "1"}},
        ),
        ({"Labels": {"vendor": "y"}}, {"labels": {"vendor": "y"}}),
        ({"Hostname": "0123456789ab"}, {}),
        ({"Hostname": "db1", "Domainname": "x.test"}, {"hostname": "db1", "domainname": "x.test"}),
        ({"Tty": True, "OpenStdin": True, "StdinOnce": True}, {"tty": True, "stdin_open": True}),
        ({"Healthcheck": {"Test": ["NONE"]}}, {"healthcheck": {"disable": True}}),
        ({"Healthcheck": None}, {}),
        (
            {"Healthcheck": {"Test": ["CMD", "x"], "Timeout": 2500000000, "Retries": 2}},
            {"healthcheck": {"test": ["CMD", "x"], "timeout": "2500ms", "retries": 2}},
        ),
    ],
    ids=range(18),
)
def test_what_differs_from_the_image_was_given(own, found):
    assert service(**own) == found


@pytest.mark.parametrize(
    ("name", "digests", "found"),
    [
        ("repo/app:1", [], "repo/app:1"),
        ("repo/app:1", ["repo/app@sha256:d"], "repo/app:1@sha256:d"),
        ("repo/app", ["repo/app@sha256:d"], "repo/app@sha256:d"),
        ("host:5000/app", ["host:5000/app@sha256:d"], "host:5000/app@sha256:d"),
        ("repo/app:1", ["other/app@sha256:d"], "repo/app:1"),
        ("repo/app@sha256:e", ["repo/app@sha256:d"], "repo/app@sha256:e"),
        ("sha256:i", ["repo/app@sha256:d"], "repo/app@sha256:d"),
        ("sha256:i", [], "repo/app:1"),
    ],
)
def test_the_image_has_the_name_it_was_started_under_and_its_digest(name, digests, found):
    record = {
        "Config": {"Image": name},
        "_Image": {"RepoDigests": digests, "RepoTags": ["repo/app:1"]},
    }
    made = {}
    config(Ledger(record).root, made)
    assert made["image"] == found


def test_an_image_that_is_gone_says_nothing():
    record = {"Config": {"Image": "a:1", "Cmd": ["x"], "User": "0"}, "_Image": {}}
    made = {}
    config(Ledger(record).root, made)
    assert made == {"image": "a:1", "command": ["x"], "user": "0"}


def test_a_container_without_network_has_a_loss():
    ledger = Ledger({"Config": {"NetworkDisabled": True}})
    config(ledger.root, {})
    assert [loss.path for loss in ledger.losses()] == ["Config.NetworkDisabled"]


@pytest.mark.parametrize(
    ("ns", "text"), [(30_000_000_000, "30s"), (1_500_000_000, "1500ms"), (0, "0s")]
)
def test_times_are_written_as_compose_does(ns, text):
    assert duration(ns) == text


def test_containers_are_grouped_by_their_labels():
    assert group_of({}, "lone") == ("", "lone")
    compose = {"com.docker.compose.project": "p", "com.docker.compose.service": "s"}
    assert group_of(compose, "x") == ("p", "s")
    swarm = {"com.docker.stack.namespace": "p", "com.docker.swarm.service.name": "p_s"}
    assert group_of(swarm, "x") == ("p", "s")
