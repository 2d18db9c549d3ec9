"""What rules on containers and hosts ask of differences and values."""

import pytest

from parity.model.document import ABSENT
from parity.rules._live import by_nature, decided, far, given_to_all, number, release, texts, whole


@pytest.fixture
def compared():
    from parity.diff.compare import compare
    from parity.model.setting import Layer
    from scripts.lib.cases import environment

    def make(left, right):
        read = frozenset({Layer.DECLARED, Layer.RUNNING, Layer.HOST})
        return compare(
            environment("local", left, layers=read), environment("production", right, layers=read)
        )

    return make


def facts(**own):
    return {"x-parity": {"facts": own}}


@pytest.mark.parametrize(
    ("left", "right", "apart"),
    [
        ("unlimited", 512, True),
        (512, "unlimited", True),
        ("unlimited", "unlimited", False),
        (512, 600, False),
        (512, 1024, True),
        (0, 1, True),
        (0, 0, False),
        (ABSENT, 512, False),
        (True, False, False),
    ],
)
def test_limits_lie_apart(left, right, apart):
    assert far(left, right) is apart


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("6.12.0-18-amd64", (6, 12, 0)),
        ("v20.10", (20, 10, 0)),
        ("19", (19, 0, 0)),
        ("", ()),
        ("edge", ()),
        (None, ()),
        ("9" * 100, (999999, 0, 0)),
    ],
)
def test_releases(value, found):
    assert release(value) == found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("4096", 4096),
        (4096, 4096),
        ("32768 60999", None),
        ("²", None),
        ("9" * 20, None),
        (ABSENT, None),
    ],
)
def test_whole_numbers_of_the_kernel(value, found):
    assert whole(value) == found


def test_amounts_and_lists():
    assert number("unlimited") is None
    assert number(0.5) == 0.5
    assert texts(("a", 1)) == ("a", "1")
    assert texts("a") == ()


def test_a_mount_of_the_definition_decides_about_its_facts(compared):
    mount = [{"type": "volume", "source": "a", "target": "/data"}]
    bound = [{"type": "bind", "source": "/a", "target": "/data"}]
    live = [
        facts(running={"mounts": {"/data": {"noexec": v}, "/other": {"noexec": v}}})
        for v in (True, False)
    ]
    found = compared({"volumes": mount, **live[0]}, {"volumes": bound, **live[1]})
    told = {
        d.path[2]: decided(d, found)
        for d in found.differences
        if d.path[:2] == ("running", "mounts")
    }
    assert told == {"/data": True, "/other": False}


def test_nothing_of_a_host_is_left_to_the_generic_rules(compared):
    found = compared(facts(host={"kernel": "5.15"}), facts(host={"kernel": "6.1"}))
    (difference,) = found.differences
    assert by_nature(difference, found) == "hosts differ in it by nature"


def test_what_nobody_knows_of_containers_is(compared):
    found = compared(facts(running={"new": 1}), facts(running={"new": 2}))
    (difference,) = found.differences
    assert by_nature(difference, found) == ""


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("KUBERNETES_PORT_443_TCP_ADDR", True),
        ("CATALOG_SERVICE_HOST", True),
        ("CATALOG_SERVICE_PORT_HTTP", True),
        ("CATALOG_PORT_80_TCP", True),
        ("HOSTNAME", True),
        ("PYTHON_VERSION", True),
        ("AWS_EXECUTION_ENV", True),
        ("STRIPE_KEY", False),
        ("HTTP_PROXY", False),
        ("DB_HOST", False),
        ("AWS_REGION", False),
    ],
)
def test_what_platforms_give_to_every_process(name, given):
    assert given_to_all(name) is given


ODD = ({}, [], ["a"], "x", 5, True, -1.5, {"x": {"y": {"z": 1}}})
ROOTS = {
    "running": ("limits", "ulimits", "mounts", "sysctls", "dns", "listening", "time-zone", "locale", "image",
                "user", "capabilities", "localhost", "sort", "environment", "log-driver", "new"),
    "host": ("sysctls", "engine", "cpus", "memory", "cpu-features", "clock-offset", "disk-full", "kernel"),
}  # fmt: skip


@pytest.mark.parametrize("odd", ODD, ids=repr)
@pytest.mark.parametrize("deep", [0, 1, 2])
def test_facts_of_an_odd_shape_throw_no_rule(catalogue, odd, deep):
    from parity.model.setting import Layer
    from scripts.lib.cases import environment, judge

    value = odd
    for _ in range(deep):
        value = {"nofile": value, "/data": value, "soft": value, "version": value}
    told = {root: dict.fromkeys(names, value) for root, names in ROOTS.items()}
    if not isinstance(value, dict):
        told["running"].pop("environment")
    plain = {root: {"mtu": 1500, "sort": "A B"} for root in ROOTS}
    own = {
        "volumes": [{"type": "volume", "source": "a", "target": "/data"}],
        "sysctls": {"soft": "1"},
    }
    sides = [
        environment(name, {**extra, "x-parity": {"facts": facts}}, layers=frozenset(Layer))
        for name, facts, extra in (("local", plain, {}), ("production", told, own))
    ]
    judge(*sides, catalogue)
    judge(*sides[::-1], catalogue)
