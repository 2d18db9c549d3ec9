"""More on EN024 and EN025 than their tables say."""

import pytest

from parity.rules.environment_providers import _engine, _provider


@pytest.mark.parametrize(
    ("name", "value", "engine"),
    [
        ("DATABASE_URL", "postgresql+asyncpg://db/x", "PostgreSQL"),
        ("DATABASE_URL", "sqlite+aiosqlite:///x.db", "SQLite"),
        ("DATABASE_URL", "file:./dev.db", "SQLite"),
        ("DB_NAME", "/data/db.sqlite3", "SQLite"),
        ("SPRING_DATASOURCE_URL", "jdbc:h2:mem:x", "an embedded Java database"),
        ("DB_CONNECTION", "pgsql", "PostgreSQL"),
        ("DB_ENGINE", "django.contrib.gis.db.backends.postgis", "PostgreSQL"),
        ("API_URL", "https://mysql.example/", ""),
        ("DB_NAME", "postgres", ""),
        ("POSTGRES_DB", "shop", ""),
    ],
)
def test_engines(name, value, engine):
    assert _engine(name, value) == engine


@pytest.mark.parametrize(
    ("name", "value", "provider"),
    [
        ("CACHE_BACKEND", "django.core.cache.backends.locmem.LocMemCache", "locmem"),
        ("SESSION_DRIVER", "Redis", "redis"),
        ("CELERY_TASK_ALWAYS_EAGER", "1", "inline"),
        ("LOG_DRIVER", "file", ""),
        ("TRUST_STORE", "/certs/a.jks", ""),
        ("CACHE_TTL", "file", ""),
    ],
)
def test_providers(name, value, provider):
    assert _provider(name, value) == provider


def test_engines_are_one_finding_and_hide_the_password(judged):
    report = judged(
        {"environment": {"DATABASE_URL": "sqlite:///x.db"}},
        {"environment": {"DATABASE_URL": "mysql://u:very-secret-1@db/x"}},
    )
    assert [finding.rule for finding in report.findings] == ["EN024"]
    assert "very-secret" not in str(report)
