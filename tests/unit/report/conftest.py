"""Reports to write: a real-looking shop, a clean one, a hostile one, a long one."""

import pytest

from parity.model.difference import Difference, Kind
from parity.model.finding import (
    Finding,
    Folded,
    NotChecked,
    Place,
    Report,
    Severity,
    SideInfo,
    Why,
)
from parity.model.setting import Layer, Origin

HOSTILE = (
    "<script>alert(1)</script> \"'&|`*_[x](javascript:alert(1)) @everyone ]]>\x00\x1b[31m\x07\r\n"
    "\u202e\ud800\ufffe\u00a0日本語 end"
)


def side(name, source="compose", files=("compose.yaml",), layers=(Layer.DECLARED,), **extra):
    return SideInfo(name, source, files, layers, **{"services": 5, "settings": 211, **extra})


def place(setting, left, right, *detail, line=0, files=("compose.dev.yaml", "deploy/prod.yaml")):
    origins = [Origin(file, line + i * 7) if line else None for i, file in enumerate(files)]
    return Place(setting, left, right, tuple(detail), *origins)


def finding(rule, name, severity, message, *places, fix="", service="web", score=0):
    return Finding(rule, name, Severity(severity), message, fix, service, places, score=score)


FINDINGS = (
    finding(
        "EN003",
        "environment.invisible-difference",
        "error",
        "The two values look alike, but prod's ends in a carriage return: whatever reads it gets one "
        "more character, and logins with it fail.",
        place(
            "services.web.environment.SMTP_USER",
            "mailer",
            "mailer\\r",
            "left bytes:  «mailer»",
            "right bytes: «mailer\\r»",
            line=14,
        ),
        fix="save the env file with Unix line ends: `sed -i 's/\\r$//' prod.env`",
    ),
    finding(
        "TO001",
        "topology.service-missing",
        "error",
        "prod runs the service worker, dev does not: what it does never happens in dev.",
        place("services.worker", "unset", "image: registry.example.com/shop/worker:2.4.1", line=60),
        fix="add the service to compose.dev.yaml, or waive it with a reason",
        service="worker",
    ),
    finding(
        "JT002",
        "joint.heap-above-memory-limit",
        "warning",
        "prod's heap (-Xmx2g) does not fit into its memory limit of 1 GiB: the kernel ends it under load.",
        place(
            "services.web.environment.JAVA_OPTS",
            "-Xms256m -Xmx512m",
            "-Xms256m -Xmx2g",
            "-Xmx: 512m -> 2g",
            line=22,
        ),
        place("services.web.deploy.resources.limits.memory", "unset -> no limit", "1 GiB", line=31),
        fix="set -Xmx to at most three quarters of the limit",
    ),
    finding(
        "EN001",
        "environment.url-options-differ",
        "warning",
        "prod asks for TLS, dev does not: a certificate that is wrong shows in prod only.",
        place(
            "services.web.environment.DATABASE_URL",
            "postgres://shop:(secret: 12 alnum)@localhost:5432/shop",
            "postgres://shop:(secret: 32 base64)@db.prod.example.com:5432/shop?sslmode=require",
            "host: localhost -> db.prod.example.com",
            "query sslmode: unset -> require",
            line=18,
        ),
        place("services.web.environment.TZ", "unset", "Europe/Berlin", line=19),
    ),
    finding(
        "IM002",
        "image.major-version-differs",
        "warning",
        "Two major versions of Postgres: dumps, defaults and SQL differ.",
        place("services.db.image.tag", "16.3", "14.11", line=44),
        fix="run the version of production: image: postgres:14.11",
        service="db",
    ),
    finding(
        "HE001",
        "health.check-missing",
        "warning",
        "Only prod has a health check, so dev starts what depends on it too early.",
        place("services.cache.healthcheck", "unset", 'test: ["CMD", "redis-cli", "ping"]', line=52),
        service="cache",
    ),
    finding(
        "NE004",
        "network.published-port-differs",
        "info",
        "Published on another port.",
        place("services.web.ports.8080/tcp.published", "8080", "80", line=12),
    ),
    finding(
        "TO002",
        "topology.service-extra",
        "info",
        "dev runs the service mailhog, prod does not.",
        place("services.mailhog", "image: mailhog/mailhog:v1.0.1", "unset", line=70),
        service="mailhog",
    ),
)


def folded(why, reason, number=1, **words):
    made = finding(
        "EN010",
        "environment.value-differs",
        "info",
        "Another value.",
        place(
            f"services.web.environment.HOST_{number}", f"dev-{number}", f"prod-{number}", line=90
        ),
        **words,
    )
    return Folded(made, why, reason)


@pytest.fixture
def shop():
    """dev against prod of a shop: findings of every severity, folded ones of every reason."""
    return Report(
        left=side("dev", files=("compose.yaml", "compose.dev.yaml")),
        right=side(
            "prod", "snapshot", ("environments/prod.json",), captured="2025-03-01T10:00:00Z"
        ),
        findings=FINDINGS,
        folded=(
            folded(Why.OVERRIDE, "host ports go to 127.0.0.1", 1),
            folded(Why.WAIVER, "OPS-12: mail goes to the sandbox until the move", 2),
            *(folded(Why.EXPECTED, "host names differ by nature", n) for n in range(3, 15)),
            folded(Why.NOTATION, "the snapshot's notation has no ulimits", 15),
            folded(Why.UNKNOWN, "the value lies in a vault", 16),
        ),
        not_checked=(
            NotChecked("PG001", "postgres.collation-differs", "reads database, which was not read"),
            NotChecked("IM007", "image.user-differs", "reads image, which was not read"),
        ),
        pairs=4,
        compared=422,
        differences=(
            Difference("worker", (), Kind.ONLY_RIGHT, right={"image": "worker:2.4.1"}),
            Difference("db", ("image", "tag"), Kind.VALUE, "16.3", "14.11"),
        ),
        checked=71,
        facts={"services": ["cache", "db", "proxy", "web"]},
    )


@pytest.fixture
def clean():
    """Nothing found, in declared settings only."""
    return Report(side("dev"), side("prod"), (), pairs=5, compared=422, checked=71)


@pytest.fixture
def hostile():
    """Every text that comes from outside is an attack."""
    bad = finding(
        "EN003",
        "environment.invisible-difference",
        "error",
        f"It says {HOSTILE}",
        place(
            f"services.web.environment.{HOSTILE}",
            HOSTILE,
            HOSTILE * 2,
            HOSTILE,
            line=3,
            files=(f"a/{HOSTILE}.yaml", "b.yaml"),
        ),
        fix=HOSTILE,
        service=HOSTILE,
    )
    return Report(
        left=side(HOSTILE, files=(HOSTILE,)),
        right=side(f"p{HOSTILE}", source=HOSTILE, captured=HOSTILE),
        findings=(bad,),
        folded=(Folded(bad, Why.WAIVER, HOSTILE),),
        not_checked=(NotChecked("PG001", "postgres.collation-differs", HOSTILE),),
        pairs=1,
        compared=2,
        checked=1,
        notes=(HOSTILE,),
        symptom=HOSTILE,
        facts={"services": ["web", HOSTILE]},
    )


def many_findings(number):
    """A report of as many findings, worst first."""
    words = {Severity.ERROR: 1, Severity.WARNING: 3, Severity.INFO: 6}
    severities = [severity for severity, n in words.items() for _ in range(number * n // 10)]
    made = [
        finding(
            f"EN{1 + i % 9:03}",
            "environment.value-differs",
            severity,
            f"Variable {i} has another value in prod, and the code reads it at start.",
            place(
                f"services.service-{i % 37}.environment.VARIABLE_{i}",
                f"value {i} of dev",
                f"value {i} of prod, with-some-more/of:it",
                line=i + 1,
            ),
            service=f"service-{i % 37}",
            fix="set it alike" if i % 2 else "",
        )
        for i, severity in enumerate(severities)
    ]
    return Report(
        side("dev", services=40, settings=4000),
        side("prod", "kubernetes", ("k8s/",), services=41, settings=4100),
        tuple(made),
        tuple(folded(Why.EXPECTED, "host names differ by nature", n) for n in range(number // 2)),
        pairs=37,
        compared=8100,
        checked=71,
    )


@pytest.fixture
def long():
    """Five hundred findings."""
    return many_findings(500)
