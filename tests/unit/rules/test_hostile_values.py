"""No rule is thrown by values of any shape: definitions are written by people, and by others."""

import itertools

import pytest

from parity.rules.registry import catalogue

CATALOGUE = catalogue()
LONG = "9" * 5000
ODD = (
    "",
    "²",
    LONG,
    "-c",
    "--",
    "postgres://[bad",
    "http://a:b@c:99999/?options=%zz",
    "${",
    "'",
    "\0",
)
NAMES = (
    "PGOPTIONS", "DATABASE_URL", "DB_POOL_SIZE", "WEB_CONCURRENCY", "GOMAXPROCS", "SHUTDOWN_TIMEOUT",
    "NODE_OPTIONS", "JAVA_OPTS", "TZ", "PORT", "DEBUG", "SESSION_DRIVER", "AUTO_MIGRATE", "REDIS_URL",
    "KEEP_ALIVE_TIMEOUT", "HTTP_PROXY", "NO_PROXY", "S3_ENDPOINT", "EMAIL_PORT", "ALLOWED_HOSTS",
)  # fmt: skip
IMAGES = (
    "postgres:16",
    "mysql:8.4",
    "redis:7",
    "rabbitmq:3.13",
    "nginx:1.27",
    "own/app:1",
    "node:20",
)


def bodies(odd):
    yield {"environment": dict.fromkeys(NAMES, odd)}
    for image in IMAGES:
        words = [
            "gunicorn",
            "-w",
            odd,
            "--max-connections",
            odd,
            "-c",
            f"work_mem={odd}",
            f"--save={odd}",
        ]
        yield {"image": image, "command": words, "environment": dict.fromkeys(NAMES, odd)}
    yield {"command": ["sh", "-c", odd], "entrypoint": [odd]}
    yield {
        "sysctls": {"net.core.somaxconn": odd},
        "user": odd,
        "hostname": odd,
        "labels": {odd: odd},
    }
    yield {"healthcheck": {"test": ["CMD-SHELL", odd], "interval": odd, "timeout": odd}}
    yield {"deploy": {"replicas": 0, "resources": {"limits": {"memory": odd, "cpus": odd}}}}
    yield {
        "stop_grace_period": odd,
        "shm_size": odd,
        "security_opt": [odd],
        "extra_hosts": {odd: odd},
    }


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd[:12]))
def test_no_rule_is_thrown(judged, odd):
    plain = {"environment": dict.fromkeys(NAMES, "1"), "command": ["gunicorn", "-w", "2"]}
    for body in bodies(odd):
        for left, right in itertools.permutations((body, plain, {}), 2):
            report = judged(left, right)
            assert report.checked > 60
