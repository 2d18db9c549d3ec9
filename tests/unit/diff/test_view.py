"""What rules see of a service and of a comparison."""

import pytest

from parity.diff.compare import compare
from parity.diff.settings import flatten
from parity.diff.view import Service
from parity.model.document import ABSENT
from parity.model.environment import Environment
from parity.model.hidden import Concealed, Hidden

SECRET = Hidden("alnum", 12, "run:1")


def service(**body):
    return Service("web", flatten(body), body)


def test_one_setting_or_absent():
    web = service(image="postgres:16", deploy={"replicas": 2})
    assert web.get("image", "tag") == "16"
    assert web.get("deploy", "replicas") == 2
    assert web.get("image", "digest") is ABSENT
    assert web.get("image") is ABSENT, "a part above settings is none"


def test_variables_and_secrets():
    web = service(environment={"A": "1", "EMPTY": "", "INHERITED": None, "S": SECRET})
    assert (web.env("A"), web.env("EMPTY")) == ("1", "")
    assert web.env("S") is None
    assert web.env("INHERITED") is None
    assert [web.has_env(name) for name in ("A", "S", "EMPTY", "INHERITED", "B")] == [
        True, True, True, False, False,
    ]  # fmt: skip
    assert dict(web.environment()) == {"A": "1", "EMPTY": "", "S": SECRET}


def test_a_text_that_held_a_secret_is_still_a_text():
    url = Concealed("postgres://u:•••@db/shop", (SECRET,))
    assert service(environment={"URL": url}).env("URL") == url


def test_settings_below_a_path():
    web = service(ulimits={"nofile": 1024}, image="x:1")
    assert web.under("ulimits") == {
        ("ulimits", "nofile", "soft"): 1024,
        ("ulimits", "nofile", "hard"): 1024,
    }
    assert web.under("ulimits", "nproc") == {}


def test_variables_stand_apart_from_other_settings():
    web = service(environment={"A": "1", "S": SECRET}, read_only=True)
    assert web.variables == {"A": "1", "S": SECRET}
    assert web.others == {("read_only",): True}
    assert web.under("environment", "A") == {("environment", "A"): "1"}
    assert web.secrets == (("S", SECRET),)


def test_what_is_derived_from_a_service_is_made_once():
    asked = []

    def made(each):
        asked.append(each.name)
        return len(asked)

    web, other = service(), service()
    assert [web.once(made), web.once(made), other.once(made)] == [1, 1, 2]
    assert asked == ["web", "web"]


def test_words_in_variables_and_values_of_a_service_and_of_a_side():
    services = {
        "web": {"environment": {"POOL_SIZE": "3"}, "command": ["Serve", "--fast"]},
        "db": {"environment": {"S": SECRET}, "read_only": True},
    }
    side = compare(*[Environment(n, "compose", (), {"services": services}) for n in "ab"]).left
    web = side.services["web"]
    assert web.mentions("redis", "pool_s")
    assert web.mentions("--fast")
    assert not web.mentions("redis")
    assert [each.name for each in side.mentioning("redis", "serve")] == ["web"]
    assert list(side.mentioning("redis")) == []
    assert list(side.mentioning("read_only")) == [], "names of settings are no values"
    said = {"web", "environment", "pool", "size", "command", "serve", "fast"}
    assert all(web.says(word) for word in said)
    assert web.says("redis", "pool")
    assert not web.says("poo", "ool", "only", "redis", "image")
    assert side.tokens == said | {"db", "s", "read", "only"}


@pytest.mark.parametrize(
    ("value", "alone"),
    [("pool", True), ("A_POOL2", True), ("pools", False), ("carpool", False), ("pools pool", True)],
)
def test_a_word_stands_alone_where_no_letter_is_beside_it(value, alone):
    assert service(environment={"A": value}).says("pool") is alone


def test_what_a_pair_has_not_in_common():
    def both(left, right):
        sides = [
            Environment(name, "compose", (), {"services": {"web": {"environment": variables}}})
            for name, variables in (("a", left), ("b", right))
        ]
        return [path[1] for path in compare(*sides).pairs[0].changed]

    assert both({"A": "1", "B": "1", "C": "1"}, {"D": "1", "C": "2", "B": "1"}) == ["A", "C", "D"]
    assert both({"A": "1"}, {"A": "1"}) == []
    assert both({"A": SECRET}, {"A": SECRET}) == ["A"], "like any other secret that nobody sees"


def test_words_are_entrypoint_and_command():
    assert service(entrypoint=["sh", "-c"], command=["run"]).words == ("sh", "-c", "run")
    assert service(command=["run"]).words == ("run",)
    assert service(image="x").words == ()
    assert service(entrypoint=[], command=None).words == ()


def test_technology_is_the_image_s():
    assert service(image="registry.example/mirror/postgres:16").technology == "postgres"
    assert service(build={"context": "."}).technology == ""


def test_a_pair_is_found_by_the_right_side_s_name():
    left = Environment("a", "compose", (), {"services": {"one": {"image": "shop:1"}}})
    right = Environment("b", "compose", (), {"services": {"two": {"image": "shop:2"}}})
    comparison = compare(left, right)
    pair = comparison.pair("two")
    assert pair is not None
    assert (pair.name, pair.left.name, pair.how) == ("two", "one", "image")
    assert comparison.pair("one") is None


def test_services_that_hold_a_text_in_a_value():
    services = {
        "one": {"environment": {"A_B": "http://db"}},
        "two": {"environment": {"A": "http://My_db"}},
    }
    side = compare(
        Environment("a", "compose", (), {"services": services}),
        Environment("b", "compose", (), {"services": services}),
    ).left
    assert [service.name for service in side.holding("my_")] == ["two"]
    assert list(side.holding("nowhere")) == []
