"""PX010 to PX012: what the tables of cases cannot say."""

import pytest


def said(report, rule):
    return [f for f in report.findings if f.rule == rule]


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("KEEP_ALIVE_TIMEOUT", "5000", True),
        ("KEEPALIVE", "5", True),
        ("SERVER_KEEP_ALIVE_MS", "61000", False),
        ("HTTP_KEEPALIVE_TIMEOUT", "65s", False),
        ("HTTP_KEEPALIVE_TIMEOUT", "30s", True),
        ("KEEP_ALIVE", "true", False),
    ],
)
def test_units_of_keep_alive(judged, name, value, found):
    body = {"environment": {name: value}, "labels": {"lb/idle-timeout": "60"}}
    assert bool(said(judged({}, body), "PX010")) is found


def test_both_numbers_and_both_places_are_told(judged):
    body = {"command": ["node", "a.js"], "environment": {"ALB_IDLE_TIMEOUT": "4000"}}
    (finding,) = said(judged({}, body), "PX010")
    assert "for 5 s (its server's default), and a load balancer in front of it for 4000 s" in (
        finding.message
    )
    assert [p.setting.rpartition(".")[2] for p in finding.places] == ["command", "ALB_IDLE_TIMEOUT"]


def test_an_ingress_annotation_limits_bodies(judged):
    row = {"service": "web", "annotations": {"nginx.ingress.kubernetes.io/proxy-body-size": "8m"}}
    web = {"image": "x:1", "environment": {"MAX_UPLOAD_SIZE": "20m"}}
    production = {"services": {"web": web}, "x-parity": {"ingress": [row]}}
    (finding,) = said(judged({"services": {"web": web}}, production), "PX011")
    assert "`MAX_UPLOAD_SIZE` allows 20 MiB, and the proxy stops at 8 MiB" in finding.message
