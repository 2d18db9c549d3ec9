"""More on EN012 to EN015 than their tables say."""

import pytest

from parity.model.document import ABSENT
from parity.rules.environment_urls import _is_inside, _same_mode, _unchecked


@pytest.mark.parametrize(
    "url", ["http://localhost:1/", "http://web", "http://a.test", "http://10.0.0.1/"]
)
def test_hosts_of_the_laptop(url):
    assert _is_inside(url)


@pytest.mark.parametrize(
    "url", ["http://shop.example/", "http://a.test.example", "http://s3.amazonaws.com"]
)
def test_hosts_elsewhere(url):
    assert not _is_inside(url)


@pytest.mark.parametrize(
    ("one", "two", "same"),
    [
        ("", "disable", True),
        ("true", "1", True),
        ("require", "verify-full", False),
        ("", "true", False),
    ],
)
def test_modes(one, two, same):
    assert _same_mode(one, two) is same


@pytest.mark.parametrize(
    ("name", "value", "off"),
    [
        ("NODE_TLS_REJECT_UNAUTHORIZED", "0", True),
        ("PYTHONHTTPSVERIFY", "0", True),
        ("GIT_SSL_NO_VERIFY", "true", True),
        ("TLS_SKIP_VERIFY", "1", True),
        ("SSL_VERIFY", ABSENT, False),
        ("SSL_VERIFY", "/certs/ca.pem", None),
        ("VERIFY_EMAIL", "false", None),
    ],
)
def test_switches_of_certificate_checks(name, value, off):
    assert _unchecked(name, value) is off


def test_a_url_with_a_password_loses_its_tls_without_showing_it(judged):
    report = judged(
        {"environment": {"REDIS_URL": "redis://:local-pass-123@cache/0"}},
        {"environment": {"REDIS_URL": "rediss://:prod-pass-456@cache.example/0"}},
    )
    assert [finding.rule for finding in report.findings] == ["EN012"]
    assert "pass-" not in str(report)


def test_a_mode_in_a_url_is_named_with_its_variable(judged):
    report = judged(
        {"environment": {"DATABASE_URL": "postgres://db/x"}},
        {"environment": {"DATABASE_URL": "postgres://db/x?sslmode=require"}},
    )
    assert "`sslmode` of `DATABASE_URL`" in report.findings[0].message
    assert "`unset` in local" in report.findings[0].message
