"""Settings of many environments, grouped by value."""

import pytest

from parity.diff.compare import compare
from parity.diff.many import (
    Group,
    Matrix,
    Row,
    canonical,
    centre,
    rows,
    third_pairs,
    told_apart,
    without_unpaired,
)
from parity.model.difference import Difference, Kind
from parity.model.environment import Environment
from parity.model.facts import Facts, with_facts
from parity.model.finding import SideInfo
from parity.model.hidden import Hidden
from parity.model.setting import Layer

WEB = {"image": "shop/web:1"}


def environment(name, layers=(), source="compose", silent=frozenset(), **services):
    read = frozenset({Layer.DECLARED, *layers})
    return Environment(name, source, (), {"services": services}, layers=read, silent=silent)


def web(name, *, layers=(), facts=None, **service):
    body = {**WEB, **service}
    for layer, told in (facts or {}).items():
        body = with_facts(body, layer, told)
    return environment(name, (*layers, *(facts or ())), web=body)


def grouped(environments, hub=None):
    hub = centre(environments) if hub is None else hub
    star = {}
    for index, each in enumerate(environments):
        if index != hub:
            two = (each, environments[hub]) if index < hub else (environments[hub], each)
            star[index] = compare(*two)
    names = canonical(star, hub, environments[hub].services)
    return rows(environments, hub, star, names)


def groups(row):
    return {group.value: group.names for group in row.groups}


def test_the_one_that_agrees_most_is_the_centre():
    made = [web("a", user="1"), web("b", user="2"), web("c", user="2"), web("d", user="3")]
    assert made[centre(made)].name == "c"
    assert centre([web("a", user="1"), web("b", user="2")]) == 1


def test_what_read_most_layers_is_the_centre():
    facts = {Layer.RUNNING: Facts({"user": 1})}
    assert centre([web("a", facts=facts), web("b"), web("c")]) == 0


@pytest.mark.parametrize("hub", [0, 1, 2, 3])
def test_odd_ones_come_first_whichever_the_centre_is(hub):
    made = [web("a", user="1"), web("b", user="2"), web("c", user="2"), web("d", user="2")]
    (row,) = grouped(made, hub).values()
    assert (row.service, row.path) == ("web", ("user",))
    assert row.groups == (Group(("a",), "1"), Group(("b", "c", "d"), "2"))
    assert row.odd == ("a",)


def test_nobody_is_odd_in_a_draw():
    (row,) = grouped([web("a", user="1"), web("b", user="2")]).values()
    assert row.odd == ()


def test_a_default_and_the_same_value_written_down_are_one_group():
    made = [web("a"), web("b", shm_size="64m"), web("c", shm_size="1g"), web("d", shm_size="1g")]
    (row,) = grouped(made, 3).values()
    assert [group.names for group in row.groups] == [("a", "b"), ("c", "d")]


def test_secrets_are_grouped_by_fingerprint():
    made = [
        web(name, environment={"KEY": Hidden("hex", 8, f"run:{number}")})
        for name, number in (("a", 1), ("b", 2), ("c", 1))
    ]
    (row,) = grouped(made).values()
    assert [group.names for group in row.groups] == [("b",), ("a", "c")]
    assert row.groups[0].value == "(secret: 8 hex)"


def test_a_service_of_some_alone():
    made = [web("a"), web("b"), environment("c", other={"image": "x/y:1"})]
    found = grouped(made)
    assert groups(found["web", ()])["no such service"] == ("c",)
    assert groups(found["other", ()])["no such service"] == ("a", "b")


def test_services_that_the_centre_lacks_are_compared_among_themselves():
    job = {"image": "x/job:1"}
    made = [
        environment("a", web=WEB, job={**job, "user": "1"}),
        environment("b", web=WEB, job={**job, "user": "2"}),
        environment("c", web=WEB),
    ]
    star = {0: compare(made[0], made[2]), 1: compare(made[1], made[2])}
    alone = without_unpaired(made, 2, star)
    assert [list(each.services) for each in alone] == [["job"], ["job"]]
    assert ("job", ("user",)) in grouped(alone)
    assert without_unpaired(made[1:], 1, {0: star[1]}) == []


def test_another_name_of_a_service_is_the_centre_s():
    made = [environment("a", **{"prod-web": {**WEB, "user": "1"}}), web("b"), web("c")]
    assert list(grouped(made)) == [("web", ("user",))]
    assert list(grouped(made, 0)) == [("prod-web", ("user",))]


def test_what_was_not_read_is_no_value():
    facts = {Layer.RUNNING: Facts({"user": 1})}
    other = {Layer.RUNNING: Facts({"user": 2})}
    missed = {Layer.RUNNING: Facts({"group": 1}, {"user": "no helper"})}
    made = [web("a", facts=facts), web("b", facts=other), web("c"), web("d", facts=missed)]
    row = grouped(made, 0)["web", ("running", "user")]
    assert groups(row) == {"1": ("a",), "2": ("b",)}
    assert row.unsaid == ("c", "d")


def test_a_notation_without_words_says_nothing():
    made = [
        web("a", user="1"),
        web("b", user="2"),
        environment("c", source="x", silent=frozenset({"user"}), web=WEB),
    ]
    row = grouped(made, 1)["web", ("user",)]
    assert row.unsaid == ("c",)


def test_pairs_besides_those_with_the_centre():
    row = Row("web", ("user",), (Group(("a",), "1"), Group(("b", "d"), "2"), Group(("c",), "3")))
    assert third_pairs([row, row], "abcd", 2, 9) == [(0, 1)]
    assert third_pairs([row], "abcd", 2, 0) == []


def test_differences_are_told_apart_by_their_values():
    one = Difference("web", ("user",), Kind.VALUE, ["a"], "b")
    assert told_apart(one) == told_apart(Difference("web", ("user",), Kind.VALUE, ["a"], "b"))
    assert told_apart(one) != told_apart(Difference("web", ("user",), Kind.VALUE, ["a"], "c"))


def test_who_stands_out_most_comes_first():
    def row(*odd):
        rest = tuple(name for name in "abcde" if name not in odd)
        return Row("web", ("user",), (Group(odd, "1"), Group(rest, "2")))

    infos = tuple(SideInfo(name, "compose", (), (), 1, 1) for name in "abcde")
    made = Matrix(infos, (row("b"), row("a", "b")))
    assert made.standing_out == [("b", 2), ("a", 1)]
    assert made.findings == ()
