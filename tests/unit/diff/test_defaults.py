"""What is effective where a side sets nothing."""

import pytest

from parity.diff import defaults
from parity.diff.units import show_size


@pytest.mark.parametrize(
    ("path", "source", "value", "words"),
    [
        (("shm_size",), "compose", 64 * 1024**2, "64 MiB (engine default)"),
        (("stop_grace_period",), "compose", 10.0, "10 s (engine default)"),
        (("stop_grace_period",), "kubernetes", 30.0, "30 s (Kubernetes default)"),
        (("stop_grace_period",), "ecs", 30.0, "30 s (ECS default)"),
        (("healthcheck", "timeout"), "kubernetes", 1.0, "1 s (Kubernetes default)"),
        (("healthcheck", "timeout"), "swarm", 30.0, "30 s (engine default)"),
        (("restart",), "compose", "no", "never restarted (engine default)"),
        (("restart",), "kubernetes", "always", "restarted always (Kubernetes default)"),
        (("read_only",), "compose", False, "writable (engine default)"),
        (("cap_add",), "compose", (), "none besides the engine's 14 (engine default)"),
        (("deploy", "replicas"), "swarm", 1, "1 (default)"),
    ],
)
def test_a_value_and_its_words(path, source, value, words):
    found = defaults.of(path, source)
    assert found is not None
    assert (found.value, found.words) == (value, words)


@pytest.mark.parametrize(
    "path",
    [
        ("user",),
        ("healthcheck",),
        ("deploy", "resources", "limits", "memory"),
        ("environment", "TZ"),
        ("sysctls", "net.core.somaxconn"),
        ("logging", "options", "max-size"),
    ],
)
def test_some_are_known_in_words_only(path):
    found = defaults.of(path, "compose")
    assert found is not None
    assert found.value is None
    assert found.words


def test_what_stands_above_gives_its_words_and_never_its_value():
    limit = defaults.of(("ulimits", "nofile", "soft"), "compose")
    assert limit == defaults.Default(None, "the engine's own limit")
    below = defaults.of(("cap_add", "NET_ADMIN"), "compose")
    assert below is not None
    assert below.value is None


@pytest.mark.parametrize("path", [("volumes", "/data"), ("x-parity", "probes"), (), ("nothing",)])
def test_unknown_settings_have_none(path):
    assert defaults.of(path, "compose") is None


def test_cloud_run_is_read_like_kubernetes():
    assert defaults.of(("restart",), "cloudrun") == defaults.of(("restart",), "kubernetes")


def test_sizes_are_shown_as_people_write_them():
    found = defaults.of(("shm_size",), "compose")
    assert found is not None
    assert found.words.startswith(show_size(found.value))
