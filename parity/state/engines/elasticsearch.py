"""Elasticsearch and OpenSearch."""

from collections.abc import Mapping
from typing import Any

from parity.state.engines import reading
from parity.state.engines.contract import Check, Command, DataEngine
from parity.state.engines.shell import login, script, setting

_HOMES = ("/usr/share/elasticsearch/data", "/usr/share/opensearch/data")
# The password goes through standard input, so that it is in no list of processes.
_ASK = """\
password="$(found ELASTIC_PASSWORD OPENSEARCH_INITIAL_ADMIN_PASSWORD)"
user=elastic; [ -z "$OPENSEARCH_HOME$OPENSEARCH_INITIAL_ADMIN_PASSWORD" ] || user=admin
ask() {
  for scheme in http https; do
    printf 'user = "%s:%s"\\n' "$user" "$password" |
      curl -sfk -K - --max-time "$1" "$scheme://127.0.0.1:9200/$2" && return
  done
  return 1
}
"""
_READY = "ask 3 '_cluster/health?wait_for_status=yellow&timeout=2s' >/dev/null"
_FLUSH = "ask 60 '_flush' >/dev/null"
_RED = """\
red="$(ask 30 '_cat/indices?h=health,index&expand_wildcards=all')" || { echo "it does not answer"; exit 75; }
printf '%s\\n' "$red" | grep '^red' && exit 1
exit 0
"""


def _url(host: str, port: int, environment: Mapping[str, str]) -> str:
    password = setting(environment, "ELASTIC_PASSWORD", "OPENSEARCH_INITIAL_ADMIN_PASSWORD")
    user = "admin" if "OPENSEARCH_INITIAL_ADMIN_PASSWORD" in environment else "elastic"
    open_to_all = (
        "false"
        in (
            environment.get("xpack.security.enabled"),
            environment.get("xpack.security.http.ssl.enabled"),
        )
        or environment.get("DISABLE_SECURITY_PLUGIN", environment.get("plugins.security.disabled"))
        == "true"
    )
    scheme = "http" if open_to_all or not password else "https"
    return f"{scheme}://{login(user, password) if password else ''}{host}:{port}"


def _ready(attrs: Mapping[str, Any]) -> Command:
    del attrs
    return script(_ASK + _READY)


def _before_pause(attrs: Mapping[str, Any]) -> Command:
    del attrs
    return script(_ASK + _FLUSH)


def _checks(attrs: Mapping[str, Any]) -> tuple[Check, ...]:
    del attrs
    return (Check("no index is red", script(_ASK + _RED)),)


def _folder(attrs: Mapping[str, Any]) -> str:
    given = reading.environment(attrs).get("path.data", "")
    return given or next((home for home in _HOMES if reading.declares(attrs, home)), "")


ENGINE = DataEngine(
    name="elasticsearch",
    title="Elasticsearch and OpenSearch",
    port=9200,
    variable="ELASTICSEARCH_URL",
    programs=("elasticsearch", "eswrapper", "opensearch"),
    images=("elasticsearch", "opensearch"),
    markers=("ELASTIC_CONTAINER", "OPENSEARCH_HOME"),
    url=_url,
    ready=_ready,
    stop_signal="SIGTERM",
    # The Java VM ends with the signal's number.
    exits=(0, 143),
    folder=_folder,
    before_pause=_before_pause,
    checks=_checks,
    quirks="What was indexed is flushed after the clients are paused. A node that is one of several "
    "waits for the others and is not settled.",
)
