"""What a service runs, guessed from its image's name."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from parity.diff.view import Service

_KNOWN = (
    ("postgres", r"postgres|postgis|timescale|pgvector|supabase/db"),
    ("pgbouncer", r"pgbouncer|pgpool|odyssey|pgcat"),
    ("mysql", r"mysql|percona"),
    ("mariadb", r"mariadb"),
    ("redis", r"redis|valkey|keydb|dragonfly"),
    ("memcached", r"memcached"),
    ("mongodb", r"mongo"),
    ("rabbitmq", r"rabbitmq"),
    ("kafka", r"kafka|redpanda"),
    ("elasticsearch", r"elasticsearch|opensearch"),
    ("nginx", r"nginx|openresty"),
    ("haproxy", r"haproxy"),
    ("traefik", r"traefik"),
    ("caddy", r"caddy"),
    ("apache", r"httpd|apache"),
    ("minio", r"minio"),
    ("localstack", r"localstack|elasticmq|moto"),
)
_ANY = re.compile("|".join(pattern for _, pattern in _KNOWN))
_TOOL = re.compile(
    r"(?:^|[-_])(?:exporter|express|commander|insight|admin|backups?|ui|connect|rest|operator)(?:$|[-_])"
)
"""What looks at a store of the name, and is none."""


def guess(service: "Service") -> str:
    """The technology, or an empty text. The image's last name part decides, then the whole name."""
    repository = str(service.settings.get(("image", "repository")) or "")
    last = repository.rpartition("/")[2]
    if _TOOL.search(last) or not _ANY.search(repository):
        return ""
    for text in (last, repository):
        for name, pattern in _KNOWN:
            if re.search(rf"(?:^|[-_/])(?:{pattern})", text):
                return name
    return ""
