import pytest

from parity.sources.k8s.probes import duration

TIMES = {
    "interval_seconds": 10,
    "timeout_seconds": 1,
    "initial_delay_seconds": 0,
    "failure_threshold": 3,
    "success_threshold": 1,
}
EXEC = "exec: {command: [ready, now]}"
HTTP = "httpGet: {path: live, port: http, httpHeaders: [{name: A, value: b}]}"
PORTS = "ports: [{name: http, containerPort: 8080}]"


def test_a_command_of_readiness_is_the_health_check(read, pod):
    result = read(pod(f"readinessProbe: {{{EXEC}, periodSeconds: 5, initialDelaySeconds: 90}}"))
    assert result.web["healthcheck"] == {
        "test": ["CMD", "ready", "now"],
        "interval": "5s",
        "timeout": "1s",
        "retries": 3,
        "start_period": "1m30s",
    }
    assert "x-parity" not in result.web
    assert result.where("services", "web", "healthcheck", "interval") == "m.yaml:12"


def test_liveness_takes_its_place_where_there_is_no_readiness(read, pod):
    result = read(pod(f"livenessProbe: {{{EXEC}}}"))
    assert result.web["healthcheck"]["test"] == ["CMD", "ready", "now"]


def test_start_up_gives_time(read, pod):
    result = read(
        pod(f"readinessProbe: {{{EXEC}}}, startupProbe: {{{EXEC}, failureThreshold: 30}}")
    )
    assert result.web["healthcheck"]["start_period"] == "5m0s"
    assert set(result.web["x-parity"]["probes"]) == {"startup"}


def test_what_is_no_command_stands_in_the_extension(read, pod):
    result = read(pod(f"{PORTS}, readinessProbe: {{{HTTP}}}, livenessProbe: {{{EXEC}}}"))
    assert "healthcheck" not in result.web
    assert result.web["x-parity"]["probes"] == {
        "readiness": {
            "http": {"path": "/live", "port": 8080, "scheme": "HTTP", "headers": {"A": "b"}},
            **TIMES,
        },
        "liveness": {"exec": {"command": ["ready", "now"]}, **TIMES},
    }


@pytest.mark.parametrize(
    ("probe", "found"),
    [
        ("tcpSocket: {port: 5}", {"tcp": {"port": 5}}),
        ("tcpSocket: {port: '5', host: h}", {"tcp": {"port": 5, "host": "h"}}),
        ("grpc: {port: 5, service: s}", {"grpc": {"port": 5, "service": "s"}}),
        ("grpc: {port: 5}", {"grpc": {"port": 5}}),
        (
            "httpGet: {port: 5, scheme: HTTPS, host: h}",
            {"http": {"path": "/", "port": 5, "scheme": "HTTPS", "headers": {}, "host": "h"}},
        ),
    ],
)
def test_each_kind_of_probe(read, pod, probe, found):
    result = read(pod(f"livenessProbe: {{{probe}, terminationGracePeriodSeconds: 7}}"))
    assert result.web["x-parity"]["probes"] == {
        "liveness": {**found, **TIMES, "stop_grace_seconds": 7}
    }


def test_what_a_health_check_cannot_say_is_lost(read, pod):
    result = read(pod(f"readinessProbe: {{{EXEC}, successThreshold: 2}}"))
    assert "a health check of Compose has no such setting" in result.losses.values()


@pytest.mark.parametrize(
    ("probe", "words"),
    [
        ("periodSeconds: 5", "asks nothing"),
        ("tcpSocket: {port: web}", "`web`"),
        ("tcpSocket: {port: 0}", "no port"),
        ("tcpSocket: {port: 99999}", "no port"),
        ("exec: {command: ls}", "must be a list"),
        ("httpGet: {port: 5}, periodSeconds: often", "whole number"),
    ],
)
def test_broken_probes_are_refused(refused, pod, probe, words):
    error = refused(pod(f"livenessProbe: {{{probe}}}"))
    assert words in error.message
    assert error.where == "m.yaml:12"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0s"), (5, "5s"), (60, "1m0s"), (3661, "1h1m1s"), (3600, "1h0m0s"), (-1, "0s")],
)
def test_durations_are_as_compose_prints_them(seconds, text):
    assert duration(seconds) == text
