"""Which runtime a service is."""

import pytest

from parity.diff.compare import side
from parity.rules._runtimes import (
    caps_heap,
    is_browser,
    is_dotnet,
    is_java,
    is_node,
    java,
    reads_cgroup_v2,
)
from scripts.lib.cases import environment


def service(**body):
    return side(environment("local", body)).services["web"]


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ({"image": "eclipse-temurin:21"}, is_java),
        ({"image": "quay.io/keycloak/keycloak:26"}, is_java),
        ({"command": ["/usr/bin/java", "-jar", "a.jar"]}, is_java),
        ({"environment": {"JAVA_OPTS": ""}}, is_java),
        ({"image": "node:22"}, is_node),
        ({"command": ["sh", "-c", "npm start"]}, is_node),
        ({"environment": {"ASPNETCORE_URLS": "http://+:80"}}, is_dotnet),
        ({"image": "mcr.microsoft.com/dotnet/aspnet:8.0"}, is_dotnet),
        ({"image": "selenium/standalone-chrome"}, is_browser),
    ],
)
def test_known_ones(body, asked):
    assert asked(service(**body)) is True
    assert asked(service(image="shop:1")) is False


def test_javascript_is_no_java():
    assert not is_java(service(image="team/javascript-app:1"))


@pytest.mark.parametrize(
    ("text", "found", "reads"),
    [
        ("jdk-21.0.6+7", (21, 0, 6), True),
        ("8u312", (8, 0, 312), False),
        ("jdk8u392-b08", (8, 0, 392), True),
        ("11.0.12", (11, 0, 12), False),
        ("11.0.16", (11, 0, 16), True),
        ("14.0.2", (14, 0, 2), False),
        ("", (0, 0, 0), None),
        ("9" * 400, (999999, 0, 0), True),
    ],
)
def test_releases_of_java(text, found, reads):
    assert java(service(environment={"JAVA_VERSION": text})) == found
    assert reads_cgroup_v2(found) is reads


@pytest.mark.parametrize(
    ("variables", "capped"),
    [
        ({"JAVA_OPTS": "-Xmx1g"}, True),
        ({"JAVA_OPTS": "-XX:MaxRAMPercentage=75"}, True),
        ({"NODE_OPTIONS": "--max-old-space-size=512"}, True),
        ({"JAVA_OPTS": "-Dfile.encoding=UTF-8"}, False),
    ],
)
def test_caps(variables, capped):
    assert caps_heap(service(environment=variables)) is capped
