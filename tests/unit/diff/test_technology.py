"""What a service runs, guessed from its image's name."""

import pytest

from parity.diff.settings import flatten
from parity.diff.technology import guess
from parity.diff.view import Service


@pytest.mark.parametrize(
    ("image", "wanted"),
    [
        ("postgres:16-alpine", "postgres"),
        ("postgis/postgis:16-3.4", "postgres"),
        ("bitnami/postgresql:16", "postgres"),
        ("timescale/timescaledb:2", "postgres"),
        ("pgvector/pgvector:pg16", "postgres"),
        ("edoburu/pgbouncer:1.22", "pgbouncer"),
        ("mysql:8", "mysql"),
        ("percona/percona-server:8", "mysql"),
        ("mariadb:11", "mariadb"),
        ("redis:7@sha256:00", "redis"),
        ("valkey/valkey:8", "redis"),
        ("registry.example:5000/mirror/redis:7", "redis"),
        ("memcached", "memcached"),
        ("mongo:7", "mongodb"),
        ("rabbitmq:3-management", "rabbitmq"),
        ("confluentinc/cp-kafka:7.6", "kafka"),
        ("docker.elastic.co/elasticsearch/elasticsearch:8.13", "elasticsearch"),
        ("opensearchproject/opensearch:2", "elasticsearch"),
        ("nginxinc/nginx-unprivileged:1", "nginx"),
        ("haproxytech/haproxy-alpine:3", "haproxy"),
        ("traefik:v3", "traefik"),
        ("caddy:2", "caddy"),
        ("httpd:2.4", "apache"),
        ("minio/minio:RELEASE.2024-01-01", "minio"),
        ("localstack/localstack:3", "localstack"),
    ],
)
def test_known_images(image, wanted):
    assert guess(Service("db", flatten({"image": image}), {})) == wanted


@pytest.mark.parametrize(
    "image",
    ["shop:1", "ghcr.io/acme/web:2", "predis:1", "admongo:1", "python:3.12", "node:20-alpine"],
)
def test_other_images(image):
    assert guess(Service("postgres", flatten({"image": image}), {})) == ""


def test_what_is_built_is_unknown_whatever_it_is_called():
    assert guess(Service("redis", flatten({"build": {"context": "."}}), {})) == ""


@pytest.mark.parametrize(
    "image",
    [
        "oliver006/redis_exporter:v1",
        "prometheuscommunity/postgres-exporter:v0.15",
        "mongo-express:1",
        "rediscommander/redis-commander:latest",
        "phpmyadmin:5",
        "dpage/pgadmin4:8",
    ],
)
def test_what_only_looks_at_a_store_is_none(image):
    assert guess(Service("tool", flatten({"image": image}), {})) == ""
