"""Every difference of two environments, and nothing that is none."""

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parity.diff.compare import compare, covers
from parity.model.difference import Kind
from parity.model.document import ABSENT
from parity.model.environment import Environment
from parity.model.hidden import UNKNOWN, Concealed, Hidden


def environment(document, source="compose", silent=()):
    if "services" not in document:
        document = {"services": {"web": {"image": "x:1", **document}}}
    return Environment("e", source, (), document, silent=frozenset(silent))


def differences(left, right, **options):
    return compare(environment(left), environment(right), **options).differences


def listed(left, right):
    return {d.setting.removeprefix("services.web."): d.kind for d in differences(left, right)}


# Single settings


@pytest.mark.parametrize(
    ("left", "right", "wanted"),
    [
        ({"environment": {"A": "1"}}, {"environment": {"A": "2"}}, {"environment.A": Kind.VALUE}),
        ({"environment": {"A": "1"}}, {}, {"environment.A": Kind.ONLY_LEFT}),
        ({}, {"environment": {"A": ""}}, {"environment.A": Kind.ONLY_RIGHT}),
        (
            {"environment": {"A": "x "}},
            {"environment": {"A": "x"}},
            {"environment.A": Kind.INVISIBLE},
        ),
        ({"environment": {"A": "1"}}, {"environment": {"A": "b"}}, {"environment.A": Kind.TYPE}),
        ({"image": "x:1"}, {"image": "x:2"}, {"image.tag": Kind.VALUE}),
        ({"cap_add": ["A"]}, {"cap_add": ["B"]}, {"cap_add": Kind.VALUE}),
    ],
)
def test_kinds(left, right, wanted):
    assert listed(left, right) == wanted


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ({"mem_limit": "512m"}, {"deploy": {"resources": {"limits": {"memory": "512M"}}}}),
        ({"shm_size": "64m"}, {}),
        ({"restart": "always"}, {"restart": "unless-stopped"}),
        ({"restart": "no"}, {}),
        ({"stop_grace_period": "10s"}, {}),
        ({"image": "docker.io/library/x:1"}, {"image": "x:1"}),
        ({"image": "x"}, {"image": "x:latest"}),
        ({"environment": {"A": None}}, {}),
        ({"cap_add": ["A", "B"]}, {"cap_add": ["B", "A", "A"]}),
        ({"read_only": False}, {}),
        ({"scale": 1}, {}),
        ({"ulimits": {"nofile": 5}}, {"ulimits": {"nofile": {"soft": 5, "hard": 5}}}),
        ({"healthcheck": {"test": ["CMD", "x"]}}, {"healthcheck": {"test": ["CMD", "x"], "interval": "30s"}}),
        ({"profiles": ["a"], "x-note": 1}, {}),
    ],
)  # fmt: skip
def test_what_is_no_difference(left, right):
    assert listed(left, right) == {}
    assert listed(right, left) == {}


# Entries that stand or fall together


def test_an_entry_of_one_side_is_one_difference():
    (found,) = differences({"volumes": [{"type": "bind", "source": "/a", "target": "/b"}]}, {})
    assert found.path == ("volumes", "/b")
    assert found.left == {"type": "bind", "source": "/a"}
    assert found.right is ABSENT


def test_an_entry_of_both_sides_is_compared_field_by_field():
    def mount(**more):
        return {"volumes": [{"type": "bind", "source": "/a", "target": "/b", **more}]}

    assert listed(mount(), mount(read_only=True)) == {"volumes./b.read_only": Kind.ONLY_RIGHT}


def test_a_health_check_of_one_side_is_one_difference():
    check = {"healthcheck": {"test": ["CMD", "true"], "interval": "5s"}}
    assert listed(check, {}) == {"healthcheck": Kind.ONLY_LEFT}


def test_what_is_effective_on_the_side_that_sets_nothing_is_told():
    (found,) = differences({"shm_size": "1g"}, {})
    assert (found.left_default, found.right_default) == ("", "64 MiB (engine default)")


# Services


def test_unpaired_services():
    found = compare(
        environment({"services": {"a": {"image": "x:1@sha256:00"}}}),
        environment({"services": {"b": {"build": {"context": "."}}}}),
    )
    assert [(d.service, d.path, d.kind) for d in found.differences] == [
        ("a", (), Kind.ONLY_LEFT),
        ("b", (), Kind.ONLY_RIGHT),
    ]
    assert found.differences[0].left == {"image": "x:1@sha256:00"}
    assert (found.only_left, found.only_right) == (("a",), ("b",))


def test_a_pair_of_two_names_is_known_by_both():
    left = {"services": {"db": {"image": "postgres:15"}}}
    right = {"services": {"database": {"image": "postgres:16"}}}
    (found,) = differences(left, right)
    assert (found.service, found.left_service, found.path) == ("database", "db", ("image", "tag"))
    assert found.setting == "services.database.image.tag"


# The environment as a whole


def test_networks_and_volumes_of_one_notation_are_compared():
    left = {"services": {}, "networks": {"n": {"name": "a"}}, "volumes": {"v": None}}
    right = {"services": {}, "networks": {"n": {"internal": True}}, "volumes": {"v": {}}}
    (found,) = differences(left, right)
    assert (found.service, found.path) == ("", ("networks", "n", "internal"))
    assert found.setting == "networks.n.internal"


def test_networks_of_two_notations_are_not():
    left = environment({"services": {}, "networks": {"n": {"internal": True}}})
    assert compare(left, environment({"services": {}}, "kubernetes")).differences == ()


# What cannot be said


def test_a_side_that_has_no_words_for_a_setting():
    left = environment({"ulimits": {"nofile": 5}, "init": True, "environment": {"A": "1"}})
    right = environment({}, "kubernetes", ["ulimits", "init"])
    found = compare(left, right)
    assert {d.path[0] for d in found.unspoken} == {"ulimits", "init"}
    assert [d.path for d in found.differences] == [("environment", "A")]
    assert compare(right, left).differences[0].kind is Kind.ONLY_RIGHT


@pytest.mark.parametrize(
    ("pattern", "path", "wanted"),
    [
        ("ulimits", ("ulimits", "nofile"), True),
        ("ulimits.nofile", ("ulimits",), False),
        ("deploy.resources.*", ("deploy", "resources", "limits"), True),
        ("deploy", ("deployment",), False),
        ("environment.A", ("environment", "A"), True),
    ],
)
def test_patterns(pattern, path, wanted):
    assert covers(pattern, path) is wanted


def secret(number, **more):
    return Hidden("alnum", 12, f"run:{number}", **more)


@pytest.mark.parametrize(
    ("left", "right", "wanted"),
    [
        (secret(1), secret(1), "same"),
        (secret(1), secret(2), "differs"),
        (secret(1), secret(2, edges=("newline after",)), "differs"),
        (Hidden(UNKNOWN, name="a"), secret(1), "unknown"),
        (Hidden(UNKNOWN, name="a"), "plain", "unknown"),
        (secret(1), "plain", "differs"),
        (Concealed("u:•••@db", (secret(1),)), Concealed("u:•••@db", (secret(1),)), "same"),
        (Concealed("u:•••@db", (secret(1),)), Concealed("u:•••@db", (secret(2),)), "differs"),
        (Concealed("u:•••@a", (secret(1),)), Concealed("u:•••@b", (secret(1),)), "differs"),
    ],
)
def test_secrets(left, right, wanted):
    sides = [environment({"environment": {"S": value}}) for value in (left, right)]
    for found in (compare(*sides), compare(*reversed(sides))):
        said = "differs" if found.differences else "unknown" if found.unknown else "same"
        assert said == wanted


# Properties

NAMES = st.sampled_from(["web", "db", "cache", "job_1"])
TEXTS = st.sampled_from(["", "a", "a ", "1", "true", "True", "postgres://u@h/d", "10s", "0"])


def some(strategy):
    return st.one_of(st.none(), strategy)


def mounts():
    kinds = st.sampled_from(["bind", "volume", "tmpfs"])
    row = st.fixed_dictionaries(
        {"type": kinds, "source": TEXTS, "target": st.sampled_from(["/a", "/b/", "/etc/c.ini"])},
        optional={"read_only": st.booleans(), "x-content": TEXTS},
    )
    return st.lists(row, max_size=3, unique_by=lambda r: r["target"].rstrip("/"))


PORTS = st.lists(
    st.fixed_dictionaries(
        {"target": st.sampled_from([80, 443]), "published": st.sampled_from(["80", "8080"])},
        optional={"host_ip": st.sampled_from(["127.0.0.1", "0.0.0.0"])},
    ),
    max_size=2,
)
BODY = st.fixed_dictionaries(
    {},
    optional={
        "image": st.sampled_from(["x", "x:1", "docker.io/library/x:1", "r.example/y:2@sha256:aa"]),
        "environment": st.dictionaries(st.sampled_from("ABC"), some(TEXTS), max_size=3),
        "command": some(st.lists(TEXTS, max_size=3)),
        "ports": PORTS,
        "volumes": mounts(),
        "tmpfs": st.lists(st.sampled_from(["/t", "/u:size=1m"]), max_size=2, unique=True),
        "cap_add": st.lists(st.sampled_from(["A", "B"]), max_size=2),
        "mem_limit": st.sampled_from(["64m", "67108864", "1g", "odd"]),
        "restart": st.sampled_from(["no", "always", "unless-stopped", "on-failure"]),
        "ulimits": st.dictionaries(
            st.sampled_from(["nofile", "nproc"]), st.sampled_from([5, {"soft": 5, "hard": 5}])
        ),
        "healthcheck": st.fixed_dictionaries({}, optional={"interval": TEXTS, "disable": st.booleans()}),
        "networks": st.dictionaries(st.sampled_from("nm"), st.just({"aliases": ["a", "b"]})),
        "deploy": st.fixed_dictionaries({}, optional={"replicas": st.integers(0, 2)}),
    },
)  # fmt: skip
DOCUMENTS = st.fixed_dictionaries(
    {"services": st.dictionaries(NAMES, BODY, max_size=3)},
    optional={
        "networks": st.dictionaries(st.sampled_from("nm"), some(st.just({"internal": True}))),
        "volumes": st.dictionaries(st.sampled_from("vw"), some(st.just({"driver": "local"}))),
    },
)
QUICK = settings(max_examples=60, deadline=None)


def reordered(tree):
    """The same document with every table written backwards."""
    if isinstance(tree, dict):
        return {key: reordered(tree[key]) for key in reversed(tree)}
    return [reordered(item) for item in tree] if isinstance(tree, list) else tree


@QUICK
@given(DOCUMENTS)
def test_nothing_differs_from_itself(document):
    found = compare(environment(document), environment(copy.deepcopy(document)))
    assert (found.differences, found.unspoken, found.unknown) == ((), (), ())
    assert len(found.pairs) == len(document["services"])


@QUICK
@given(DOCUMENTS)
def test_the_order_of_tables_does_not_matter(document):
    assert compare(environment(document), environment(reordered(document))).differences == ()


@QUICK
@given(DOCUMENTS, DOCUMENTS)
def test_both_directions_say_the_same(one, two):
    flipped = {Kind.ONLY_LEFT: Kind.ONLY_RIGHT, Kind.ONLY_RIGHT: Kind.ONLY_LEFT}
    there = compare(environment(one), environment(two))
    back = compare(environment(two), environment(one))
    names = {pair.left.name: pair.right.name for pair in back.pairs}
    mirrored = {
        (names.get(d.left_service or d.service, d.service), d.path, flipped.get(d.kind, d.kind))
        for d in there.differences
    }
    back_names = {(d.service, d.path, d.kind) for d in back.differences}
    assert mirrored == back_names


@QUICK
@given(DOCUMENTS, DOCUMENTS)
def test_documents_are_not_written_into(one, two):
    before = copy.deepcopy((one, two))
    compare(environment(one), environment(two))
    assert (one, two) == before


@QUICK
@given(DOCUMENTS, DOCUMENTS)
def test_every_difference_has_two_sides_that_are_not_equal(one, two):
    for found in compare(environment(one), environment(two)).differences:
        assert found.left != found.right
        assert (found.left is ABSENT) == (found.kind is Kind.ONLY_RIGHT)
        assert (found.right is ABSENT) == (found.kind is Kind.ONLY_LEFT)


def test_what_both_sides_set_is_compared_even_where_a_notation_is_poor_in_words():
    from parity.model.environment import Environment

    def side(name, source, silent, **service):
        document = {"services": {"web": {"image": "x:1", **service}}}
        return Environment(name, source, (), document, silent=frozenset(silent))

    one = side("dev", "compose", (), deploy={"resources": {"limits": {"cpus": "0.5"}}})
    limits = ("deploy.resources.limits.cpus", "networks")
    two = side("prod", "ecs", limits, deploy={"resources": {"limits": {"cpus": "0.25"}}})
    assert len(compare(one, two).differences) == 1
    none = side("prod", "ecs", limits)
    assert compare(one, none).differences == ()
    assert len(compare(one, none).unspoken) == 1
    # Networks are always made up.
    left = side("dev", "compose", (), networks={"default": {"aliases": ["a"]}})
    right = side("prod", "ecs", limits, networks={"default": {"aliases": ["b"]}})
    assert compare(left, right).differences == ()


def test_a_probe_of_one_side_alone_is_one_difference():
    probes = {"readiness": {"http": {"path": "/h", "port": 80}, "interval_seconds": 5}}
    sides = [
        Environment(name, "kubernetes", (), {"services": {"web": {"image": "x:1", **more}}})
        for name, more in (("a", {}), ("b", {"x-parity": {"probes": probes}}))
    ]
    (found,) = compare(*sides).differences
    assert found.path == ("x-parity", "probes", "readiness")
    assert found.right == {"http.path": "/h", "http.port": 80, "interval_seconds": 5}


@pytest.mark.parametrize(
    "said",
    [{"ipc": "private"}, {"logging": {"driver": "json-file"}}, {"pids_limit": -1}],
)
def test_an_engines_own_default_is_no_difference_to_nothing(said):
    assert listed(said, {}) == {}
    assert listed({}, said) == {}


@pytest.mark.parametrize(
    "said",
    [
        {"ipc": "host"},
        {"logging": {"driver": "json-file", "options": {"max-size": "10m"}}},
        {"logging": {"driver": "none"}},
        {"pids_limit": 100},
    ],
)
def test_anything_else_is_one(said):
    assert listed(said, {})
