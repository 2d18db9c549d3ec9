"""RQ: what a RabbitMQ server is told on one side and not on the other."""

import re
from collections.abc import Iterator

from parity.diff.view import Comparison, Service, ServicePair
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.rules._given import changes, others
from parity.rules._servers import RABBITMQ
from parity.rules.contract import Found, pair, single

_NOISE = re.compile(
    r"^(?:log|listeners|default_user|default_pass|default_vhost|management\.|ssl_options\.(?:cacert|cert|key)file"
    r"|load_definitions|cluster_formation|cluster_name|prometheus\.|loopback_users)"
)
_SPOKEN = {
    "consumer_timeout",
    "plugins",
    "vm_memory_high_watermark.relative",
    "vm_memory_high_watermark.absolute",
    "disk_free_limit.absolute",
    "disk_free_limit.relative",
}
_DATA = ("volumes", "/var/lib/rabbitmq", "type")


@pair(
    "RQ001", "rabbitmq.consumer-timeout-differs", Severity.WARNING, words=("rabbitmq",),
    symptoms=(r"PRECONDITION_FAILED", r"delivery acknowledgement .* timed out", r"consumer.?timeout"),
    since="0.2",
)  # fmt: skip
def consumer_timeout_differs(both: ServicePair) -> Iterator[Found]:
    """RabbitMQ takes a message back after another time on the other side.

    What it compares:
        `consumer_timeout` in mounted configuration files and in the server's Erlang arguments, or as the
        server says that it is; 30 minutes where it is not set, and never before 3.8.15.

    Why it matters:
        A consumer that works on one message for longer loses its channel, and the message is delivered
        again: long jobs run twice, on that side.

    Example:
        local: not set
        production: `consumer_timeout = 3600000`

    What to do:
        Set it on both sides, above the longest job.

    When to ignore it:
        When every consumer acknowledges within minutes.

    References:
        Incidents rabbit-oasis-tag-consumer-timeout, rabbit-consumer-timeout-minor-upgrade; RabbitMQ
        documentation, Consumers.
    """
    for change in changes(both, RABBITMQ, "consumer_timeout"):
        one, two = (
            "never" if text == "none" else f"after {text} ms"
            for text in (change.left, change.right)
        )
        yield Found(
            f"RabbitMQ takes an unacknowledged message back {one} on one side and {two} on the other",
            "set it alike in rabbitmq.conf: `consumer_timeout = MILLISECONDS`",
            change.at,
        )


@pair(
    "RQ002", "rabbitmq.plugins-differ", Severity.WARNING, words=("rabbitmq",),
    symptoms=(r"unknown exchange type", r"x-delayed-message", r"NOT_FOUND", r"plugin"),
    since="0.2",
)  # fmt: skip
def plugins_differ(both: ServicePair) -> Iterator[Found]:
    """RabbitMQ runs other plugins on the other side.

    What it compares:
        A mounted `enabled_plugins` file and the variable for it, without the management and monitoring
        plugins.

    Why it matters:
        Exchange types, protocols (MQTT, STOMP, streams) and shovels come from plugins; what is declared
        with them fails where they are not.

    Example:
        local: `[rabbitmq_management, rabbitmq_delayed_message_exchange].`
        production: `[rabbitmq_management].`

    What to do:
        Enable the same plugins, from an image that has them.

    When to ignore it:
        Plugins for administrators.

    References:
        RabbitMQ documentation, Plugins.
    """
    for change in changes(both, RABBITMQ, "plugins"):
        one, two = (_plugins(text) for text in (change.left, change.right))
        if one != two:
            yield Found(
                f"RabbitMQ's plugin {', '.join(sorted(one ^ two))} is enabled on one side only",
                "enable the same plugins in `enabled_plugins`",
                change.at,
            )


def _plugins(text: str) -> set[str]:
    return {
        n for n in re.findall(r"rabbitmq_\w+", text) if "management" not in n and "prom" not in n
    }


@pair(
    "RQ003", "rabbitmq.alarms-differ", Severity.WARNING, words=("rabbitmq",),
    symptoms=(r"(?:memory|disk) (?:resource )?alarm", r"connection\.blocked", r"publish\w* (?:blocked|hangs?)"),
    since="0.2",
)  # fmt: skip
def alarms_differ(both: ServicePair) -> Iterator[Found]:
    """RabbitMQ stops publishers at another fill level on the other side.

    What it compares:
        `vm_memory_high_watermark` and `disk_free_limit` in mounted files and variables.

    Why it matters:
        Beyond the level every publisher is blocked without an error until there is room again.

    Example:
        local: not set
        production: `disk_free_limit.absolute = 5GB`

    What to do:
        Set the same levels, or scale them with the machine.

    When to ignore it:
        Absolute levels that follow the machine's size.

    References:
        RabbitMQ documentation, Memory and Disk Alarms.
    """
    for change in changes(both, RABBITMQ):
        if change.name in _SPOKEN and change.name.startswith(("vm_memory", "disk_free")):
            yield Found(
                f"RabbitMQ blocks publishers by {change.name} {change.left} on one side and "
                f"{change.right} on the other",
                f"set it alike in rabbitmq.conf: `{change.name} = LEVEL`",
                change.at,
            )


@single(
    "RQ004", "rabbitmq.node-name-moves", Severity.WARNING, silent=True, paths=("hostname",),
    symptoms=(r"queues? (?:lost|gone|empty|missing)", r"mnesia"),
    since="0.2",
)  # fmt: skip
def node_name_moves(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """RabbitMQ's data belongs to a node name that changes with every new container on one side.

    What it compares:
        `hostname` of RabbitMQ services with a volume below /var/lib/rabbitmq, and `RABBITMQ_NODENAME`.

    Why it matters:
        The server keeps its data under its host's name. Without a fixed one each new container has a new
        name and starts empty; the queues are still in the volume, under the old name.

    Example:
        local: `volumes: [rabbit:/var/lib/rabbitmq]`
        production: the same, and `hostname: rabbit`

    What to do:
        `hostname: rabbit` on both sides.

    When to ignore it:
        When queues may be lost.

    References:
        RabbitMQ documentation, Networking: node names; Docker Official Image rabbitmq, hostname.
    """
    both = comparison.pair(difference.service)
    if both is None or not RABBITMQ.runs(both) or ABSENT not in (difference.left, difference.right):
        return
    bare = both.left if difference.left is ABSENT else both.right
    if _keeps(bare) and not bare.has_env("RABBITMQ_NODENAME"):
        yield Found(
            "RabbitMQ's data belongs to a host name that changes with every new container on one side",
            "`hostname: rabbit` on both sides",
        )


def _keeps(service: Service) -> bool:
    return any(path[:2] == _DATA[:2] for path in service.settings)


@pair("RQ005", "rabbitmq.setting-differs", Severity.INFO, words=("rabbitmq",), since="0.2")
def setting_differs(both: ServicePair) -> Iterator[Found]:
    """Another setting of the RabbitMQ server differs.

    What it compares:
        All that mounted configuration files and Erlang arguments tell the server and no other rule speaks
        of; not logging, accounts, clustering and the management plugin.

    Why it matters:
        Heartbeats close idle connections, `max_message_size` refuses messages, `channel_max` refuses
        channels.

    Example:
        local: not set
        production: `max_message_size = 16777216`

    What to do:
        Mount the same rabbitmq.conf on both sides.

    When to ignore it:
        Sizes that follow the machine.

    References:
        RabbitMQ documentation, Configuration.
    """
    for texts, places in others(both, RABBITMQ, _SPOKEN, _NOISE):
        yield Found(
            f"RabbitMQ is told something else on the other side: {'; '.join(texts[:4])}",
            "set it alike in rabbitmq.conf: `NAME = VALUE`",
            places,
        )
