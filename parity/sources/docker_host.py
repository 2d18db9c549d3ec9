"""How a container meets its host: the HostConfig, less what the engine sets by itself."""

from parity.model.document import Document, put
from parity.sources.ledger import Fate, Node

SHM_SIZE = 64 * 1024**2
"""What the engine gives where nobody asks."""

_TEXTS = {
    "cgroup_parent": "CgroupParent", "cpuset": "CpusetCpus", "isolation": "Isolation",
    "userns_mode": "UsernsMode", "uts": "UTSMode", "runtime": "Runtime",
}  # fmt: skip
_NUMBERS = {
    "cpu_shares": "CpuShares", "cpu_period": "CpuPeriod", "cpu_quota": "CpuQuota",
    "cpu_rt_period": "CpuRealtimePeriod", "cpu_rt_runtime": "CpuRealtimeRuntime",
    "oom_score_adj": "OomScoreAdj", "cpu_count": "CpuCount", "cpu_percent": "CpuPercent",
}  # fmt: skip
_FLAGS = {
    "privileged": "Privileged", "read_only": "ReadonlyRootfs", "init": "Init",
    "oom_kill_disable": "OomKillDisable",
}  # fmt: skip
_LISTS = {
    "dns": "Dns", "dns_opt": "DnsOptions", "dns_search": "DnsSearch", "group_add": "GroupAdd",
    "device_cgroup_rules": "DeviceCgroupRules",
}  # fmt: skip
_TABLES = {"sysctls": "Sysctls", "storage_opt": "StorageOpt", "annotations": "Annotations"}
_LOST = {
    "AutoRemove": "a container that removes itself is not a service",
    "PublishAllPorts": "the engine chooses ports for all that the image exposes",
    "VolumeDriver": "Compose names drivers of volumes, not of containers",
    "Links": "links are read as they are, not followed",
    "CpusetMems": "Compose has no such setting",
    "KernelMemory": "Compose has no such setting",
    "KernelMemoryTCP": "Compose has no such setting",
    "IOMaximumIOps": "Compose has no such setting",
    "IOMaximumBandwidth": "Compose has no such setting",
    "BlkioWeightDevice": "block device weights are of one host's devices",
    "BlkioDeviceReadBps": "block device rates are of one host's devices",
    "BlkioDeviceWriteBps": "block device rates are of one host's devices",
    "BlkioDeviceReadIOps": "block device rates are of one host's devices",
    "BlkioDeviceWriteIOps": "block device rates are of one host's devices",
    "Cgroup": "the cgroup of another container",
    "Capabilities": "the exact set of capabilities, which Compose does not have",
}


def host_config(host: Node, service: Document) -> None:
    """Write the HostConfig into the service; mounts and networks are read elsewhere."""
    _plain(host, service)
    _namespaces(host, service)
    _capabilities(host, service)
    _restart(host.at("RestartPolicy"), service)
    _limits(host, service)
    _memory(host, service)
    _ulimits(host.at("Ulimits"), service)
    _logging(host.at("LogConfig"), service)
    _devices(host, service)
    _rest(host)


def _plain(host: Node, service: Document) -> None:
    """What both sides write in the same way."""
    found: Document = {}
    found |= {key: host.at(name).text() for key, name in _TEXTS.items()}
    found |= {key: host.at(name).number() for key, name in _NUMBERS.items()}
    found |= {key: host.at(name).flag() for key, name in _FLAGS.items()}
    found |= {key: host.at(name).texts() for key, name in _LISTS.items()}
    for key, name in _TABLES.items():
        found[key] = {one: node.text() for one, node in host.at(name).entries()}
    if found["runtime"] == "runc":
        found["runtime"] = ""  # the engine's default
    service |= {key: value for key, value in found.items() if value}


def _capabilities(host: Node, service: Document) -> None:
    for key, name in (("cap_add", "CapAdd"), ("cap_drop", "CapDrop")):
        found = [text.upper().removeprefix("CAP_") for text in host.at(name).texts()]
        if found:
            service[key] = found
    options = host.at("SecurityOpt").texts()
    if host.at("Privileged").flag() or "host" in (service.get("pid"), service.get("ipc")):
        # The engine adds it to what is privileged or in the host's namespaces.
        options = [option for option in options if option not in ("label=disable", "label:disable")]
    if options:
        service["security_opt"] = options


def _restart(policy: Node, service: Document) -> None:
    name, most = policy.at("Name").text(), policy.at("MaximumRetryCount").number()
    if name and name != "no":
        service["restart"] = f"{name}:{most}" if most else name


def _limits(host: Node, service: Document) -> None:
    limits: Document = {}
    if host.at("NanoCpus").number():
        limits["cpus"] = host.at("NanoCpus").number() / 1_000_000_000
    if host.at("Memory").number():
        limits["memory"] = str(host.at("Memory").number())
    if host.at("PidsLimit").number() > 0:
        limits["pids"] = host.at("PidsLimit").number()
    if limits:
        put(service, ("deploy", "resources", "limits"), limits)
    reserved = host.at("MemoryReservation").number()
    if reserved:
        put(service, ("deploy", "resources", "reservations", "memory"), str(reserved))


def _memory(host: Node, service: Document) -> None:
    swap = host.at("MemorySwap").number()
    # The engine allows as much swap again as memory where nobody says anything.
    if swap and swap != 2 * host.at("Memory").number():
        service["memswap_limit"] = str(swap)
    if host.at("MemorySwappiness").number(default=-1) >= 0:
        service["mem_swappiness"] = host.at("MemorySwappiness").number()
    shared = host.at("ShmSize").number()
    if shared and shared != SHM_SIZE:
        service["shm_size"] = str(shared)
    if host.at("BlkioWeight").number():
        service["blkio_config"] = {"weight": host.at("BlkioWeight").number()}


def _ulimits(limits: Node, service: Document) -> None:
    found = {
        one.at("Name").text(): {"soft": one.at("Soft").number(), "hard": one.at("Hard").number()}
        for one in limits.each()
    }
    if found:
        service["ulimits"] = found


def _logging(log: Node, service: Document) -> None:
    driver = log.at("Type").text()
    options = {name: node.text() for name, node in log.at("Config").entries()}
    # json-file without options is the engine's default.
    if driver and (driver, options) != ("json-file", {}):
        service["logging"] = {"driver": driver, **({"options": options} if options else {})}


def _namespaces(host: Node, service: Document) -> None:
    for key, name, defaults in (
        ("ipc", "IpcMode", ("", "private", "shareable")),
        ("pid", "PidMode", ("",)),
    ):
        mode = host.at(name).text()
        if mode not in defaults:
            service[key] = mode
    hosts = [text.replace(":", "=", 1) for text in host.at("ExtraHosts").texts()]
    if hosts:
        service["extra_hosts"] = hosts


def _devices(host: Node, service: Document) -> None:
    devices = [
        {
            "source": one.at("PathOnHost").text(),
            "target": one.at("PathInContainer").text(),
            "permissions": one.at("CgroupPermissions").text("rwm"),
        }
        for one in host.at("Devices").each()
    ]
    if devices:
        service["devices"] = devices
    requests = [_request(one) for one in host.at("DeviceRequests").each()]
    if requests:
        put(service, ("deploy", "resources", "reservations", "devices"), requests)


def _request(one: Node) -> Document:
    groups = [group.texts() for group in one.at("Capabilities").each()]
    found: Document = {"capabilities": groups[0] if groups else []}
    if one.at("Driver").text():
        found["driver"] = one.at("Driver").text()
    if one.at("DeviceIDs").texts():
        found["device_ids"] = one.at("DeviceIDs").texts()
    elif one.at("Count").number():
        found["count"] = one.at("Count").number()
    options = {name: node.text() for name, node in one.at("Options").entries()}
    return {**found, "options": options} if options else found


def _rest(host: Node) -> None:
    for name, reason in _LOST.items():
        node = host.at(name)
        if node.value in (None, False, 0, "", [], {}):
            node.mark(Fate.STRUCTURE)
        else:
            node.lose(reason)
    # Follows from `privileged` and `security_opt`, and from the terminal of who made it; the
    # default of CgroupnsMode is the host's cgroup version's.
    host.structure("MaskedPaths", "ReadonlyPaths", "ConsoleSize", "ContainerIDFile", "CgroupnsMode")
