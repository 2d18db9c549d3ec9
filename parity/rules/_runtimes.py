"""Which language runtime a service is, as far as image, command and variables tell."""

import re
from typing import Final

from parity.diff.view import Service
from parity.rules._words import argv
from parity.rules.limits_heap import heaps

_JAVA_NAMES: Final = frozenset({
    "JAVA_VERSION", "JAVA_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "JAVA_HOME", "CATALINA_OPTS",
    "JVM_OPTS", "JAVA_OPTIONS", "JAVA_ARGS", "ES_JAVA_OPTS", "OPENSEARCH_JAVA_OPTS", "KAFKA_HEAP_OPTS",
})  # fmt: skip
_JAVA_IMAGE: Final = re.compile(
    r"(?:^|[/_-])(?:openjdk|java|jdk\d*|jre\d*|temurin|corretto|zulu|tomcat|jetty|wildfly|keycloak|kafka|spring"
    r"|elasticsearch|opensearch|cassandra|jenkins|sonarqube|solr|zookeeper|neo4j)(?:$|[/_-])"
)
_NODE_NAMES: Final = frozenset({"NODE_VERSION", "NODE_OPTIONS", "NODE_ENV"})
_NODE_WORDS: Final = frozenset({"node", "npm", "yarn", "pnpm", "npx", "next", "pm2-runtime"})
_DOTNET: Final = re.compile(r"^(?:ASPNETCORE|DOTNET)_")
_BROWSER: Final = re.compile(r"selenium|chrom|playwright|puppeteer|firefox|browserless|gotenberg")
_PERCENT: Final = re.compile(r"-XX:(?:MaxRAM|MaxRAMPercentage|MaxRAMFraction)=")
_UPDATE: Final = re.compile(r"8u(\d+)")
_NUMBERS: Final = re.compile(r"(\d+)(?:\.(\d+))?(?:\.(\d+))?")
_FIRST_WITH_V2: Final = {8: (8, 0, 372), 11: (11, 0, 16)}
"""The first releases of old Java that read cgroup v2; 15 and later ones all do."""
_JAVA_V2: Final = 15


def is_java(service: Service) -> bool:
    """Whether it runs on a Java virtual machine."""
    return (
        any(name in service.variables for name in _JAVA_NAMES)
        or any(word.rpartition("/")[2] == "java" for word in argv(service.words))
        or bool(_JAVA_IMAGE.search(_image(service)))
    )


def is_node(service: Service) -> bool:
    """Whether it runs on Node.js."""
    last = _image(service).rpartition("/")[2]
    return (
        any(name in service.variables for name in _NODE_NAMES)
        or any(word.rpartition("/")[2] in _NODE_WORDS for word in argv(service.words))
        or last == "node"
    )


def is_dotnet(service: Service) -> bool:
    """Whether it runs on .NET."""
    return any(_DOTNET.match(name) for name in service.variables) or "dotnet" in _image(service)


def is_browser(service: Service) -> bool:
    """Whether it runs a browser."""
    return bool(_BROWSER.search(_image(service)))


def caps_heap(service: Service) -> bool:
    """Whether it is told how large its heap may be."""
    said = any(_PERCENT.search(str(value)) for _, value in service.environment())
    line = " ".join(map(str, service.words))
    return said or bool(_PERCENT.search(line)) or any(heaps(service))


def java(service: Service) -> tuple[int, int, int]:
    """The release of Java by JAVA_VERSION (`jdk-21.0.6+7`, `8u362`); zeros where nobody says."""
    text = service.env("JAVA_VERSION") or ""
    old = _UPDATE.search(text)
    if old:
        return 8, 0, int(old[1][:6])
    found = _NUMBERS.search(text)
    parts = [int((part or "0")[:6]) for part in found.groups()] if found else [0, 0, 0]
    return parts[0], parts[1], parts[2]


def reads_cgroup_v2(release: tuple[int, int, int]) -> bool | None:
    """Whether that Java knows limits of cgroup v2; None where nobody knows."""
    if not release[0]:
        return None
    first = _FIRST_WITH_V2.get(release[0], (_JAVA_V2, 0, 0))
    return release >= first


def _image(service: Service) -> str:
    return str(service.settings.get(("image", "repository")) or "").lower()
