"""A setting counts as the server has it, and is to be mended where its definition says it."""

import re

from parity.diff.compare import compare
from parity.model.environment import Environment
from parity.model.setting import Layer
from parity.rules._given import changes, others
from parity.rules._servers import MYSQL, POSTGRES, RABBITMQ

READ = frozenset({Layer.DECLARED, Layer.DATABASE})
NEVER = re.compile("$^")


def pair(left, right, image="postgres:16"):
    def one(name, given):
        words, database = given
        body = {"image": image, "x-parity": {"facts": {"database": database}}}
        body |= {"command": words} if words else {}
        return Environment(name, "compose", (), {"services": {"db": body}}, layers=READ)

    return compare(one("a", left), one("b", right)).pairs[0]


def told(settings, *words):
    return list(words), {"engine": "postgres", "settings": settings}


def test_the_servers_own_answer_counts():
    both = pair(
        told({"max_connections": "100"}, "-c", "max_connections=500"),
        told({"max_connections": "100"}),
    )
    assert list(changes(both, POSTGRES, "max_connections")) == []


def test_the_definition_that_says_it_is_the_place_and_then_the_answer():
    both = pair(
        told({"max_connections": "100"}),
        told({"max_connections": "500"}, "-c", "max_connections=500"),
    )
    (change,) = changes(both, POSTGRES)
    assert change.at == (("db", ("command",)), ("db", ("database", "settings", "max_connections")))
    assert (change.left, change.right) == ("100", "500")


def test_definitions_that_are_alike_are_no_place():
    words = ("-c", "max_connections=500")
    both = pair(told({"max_connections": "100"}, *words), told({"max_connections": "500"}, *words))
    (change,) = changes(both, POSTGRES)
    assert change.at == (("db", ("database", "settings", "max_connections")),)


def test_the_role_that_has_it_comes_before_the_answer():
    left = ([], {"engine": "postgres", "role": {"name": "x"}, "settings": {"work_mem": "64"},
                 "role-settings": {"x": {"*": {"work_mem": "64kB"}}}})  # fmt: skip
    (change,) = changes(pair(left, told({"work_mem": "4096"})), POSTGRES)
    assert change.at[0] == ("db", ("database", "role-settings", "x", "*", "work_mem"))


def test_what_only_one_release_knows_is_no_difference():
    assert list(changes(pair(told({"a": "1", "b": "1"}), told({"a": "1"})), POSTGRES)) == []


def test_what_another_engine_has_is_its_own():
    left = ([], {"engine": "mysql", "settings": {"sql_mode": "A"}})
    right = ([], {"engine": "mariadb", "settings": {"sql_mode": "B"}})
    assert list(changes(pair(left, right, "db:1"), MYSQL)) == []


def test_all_that_was_only_seen_is_one_and_sizes_are_none():
    left = told({"jit": "on", "random_page_cost": "4", "shared_buffers": "1"})
    right = told({"jit": "off", "random_page_cost": "1", "shared_buffers": "2"})
    ((texts, places),) = others(pair(left, right), POSTGRES, (), NEVER)
    assert texts == ["jit (on, off)", "random_page_cost (4, 1)"]
    assert [path[-1] for _, path in places] == ["jit", "random_page_cost"]


def test_a_size_that_is_told_is_a_setting():
    left = told({"shared_buffers": "1"}, "-c", "shared_buffers=8kB")
    (found,) = others(pair(left, told({"shared_buffers": "2"})), POSTGRES, (), NEVER)
    assert found[1][0] == ("db", ("command",))


def test_facts_of_their_own_are_settings_too():
    left = ([], {"engine": "rabbitmq", "plugins": ["b", "a"], "settings": {"heartbeat": "60"}})
    right = (
        [],
        {
            "engine": "rabbitmq",
            "plugins": ["a"],
            "settings": {"heartbeat": "60", "consumer_timeout": "1"},
        },
    )
    found = {c.name: (c.left, c.right) for c in changes(pair(left, right, "rabbitmq:3"), RABBITMQ)}
    assert found == {"plugins": ("a b", "a"), "consumer_timeout": ("none", "1")}


def test_several_settings_of_one_command_line_are_told_apart_by_their_answers():
    words = ("-c", "max_connections=500", "-c", "lock_timeout=5s")
    left = told({"max_connections": "100", "lock_timeout": "0"})
    right = told({"max_connections": "500", "lock_timeout": "5000"}, *words)
    places = [change.at for change in changes(pair(left, right), POSTGRES)]
    assert [at[0][1][-1] for at in places] == ["max_connections", "lock_timeout"]
    assert all(at[1] == ("db", ("command",)) for at in places)
