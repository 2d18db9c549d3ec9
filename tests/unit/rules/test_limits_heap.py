"""Heap caps in variables and on command lines."""

import pytest

from parity.diff.settings import flatten
from parity.diff.view import Service
from parity.rules.limits_heap import heaps

MIB = 1024**2


def found(**body):
    return [(heap.bytes, heap.path) for heap in heaps(Service("web", flatten(body), body))]


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("NODE_OPTIONS", "--max-old-space-size=512", 512 * MIB),
        ("NODE_OPTIONS", "--enable-source-maps --max_old_space_size 512", 512 * MIB),
        ("JAVA_OPTS", "-Xms256m -Xmx1g", 1024 * MIB),
        ("ES_JAVA_OPTS", "-Xmx1048576k", 1024 * MIB),
        ("GOMEMLIMIT", "900MiB", 900 * MIB),
        ("MAX_HEAP_SIZE", "2G", 2048 * MIB),
    ],
)
def test_a_cap_is_read(name, value, wanted):
    assert found(environment={name: value}) == [(wanted, ("environment", name))]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NODE_OPTIONS", "--inspect"),
        ("JAVA_OPTS", "-XX:MaxRAMPercentage=75"),
        ("GOMEMLIMIT", "off"),
        ("MAX_HEAP_SIZE", "auto"),
        ("TITLE", "max-old-space-size"),
    ],
)
def test_what_caps_nothing(name, value):
    assert found(environment={name: value}) == []


def test_the_command_line_is_read_where_it_is_written():
    assert found(command=["java", "-Xmx1g", "-jar", "a.jar"]) == [(1024 * MIB, ("command",))]
    assert found(entrypoint=["node", "--max-old-space-size=64"]) == [(64 * MIB, ("entrypoint",))]
