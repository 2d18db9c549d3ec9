from dataclasses import replace

import pytest

from parity.probes.database import redis
from parity.probes.database.contract import Login

LOGIN = Login("redis", "cache", 6379)


def test_a_real_server_says_what_it_is(recorded):
    found = redis.read(recorded("redis-7"), LOGIN)
    assert found.unread == {}
    facts = found.values
    assert (facts["engine"], facts["version"]) == ("redis", "7.0.15")
    assert (facts["cluster"], facts["replica"], facts["acl"]) == (False, False, [])
    assert facts["settings"]["maxmemory"] == "67108864"
    assert facts["settings"]["maxmemory-policy"] == "noeviction"


def test_neither_passwords_nor_old_names_are_told(recorded):
    settings = redis.read(recorded("redis-7"), LOGIN).values["settings"]
    assert "secretpw" not in str(settings)
    assert not {"requirepass", "dir", "port", "slave-priority", "hash-max-ziplist-value"} & set(
        settings
    )
    assert settings["replica-priority"] == "100"


def test_a_user_who_may_little_hides_settings_but_not_the_most_important(recorded):
    found = redis.read(recorded("redis-7-limited"), LOGIN)
    assert found.values["settings"] == {
        "maxmemory": "67108864",
        "maxmemory-policy": "noeviction",
        "appendonly": "no",
    }
    assert {"config", "flushall", "keys", "monitor"} <= set(found.values["acl"])
    assert "get" not in found.values["acl"]
    assert "config|get" in found.unread["settings"]
    assert set(found.unread) == {"settings", "modules"}


def test_a_command_that_was_renamed_is_one_that_nobody_may_use(recorded):
    answers = recorded("redis-7")
    answers["acl commands"] = [
        row if row[0] and row[0][0] != "flushall" else [None] for row in answers["acl commands"]
    ]
    assert redis.read(answers, LOGIN).values["acl"] == ["flushall"]


def test_an_old_server_without_lists_is_not_told_as_unread(recorded):
    answers = recorded("redis-7")
    answers["info"] = [["redis_version:5.0.7\r\nrole:master\r\n"]]
    answers["acl user"] = "unknown command `acl`"
    answers = {n: a for n, a in answers.items() if not n.startswith("acl of")}
    assert redis.read(answers, LOGIN).unread == {}


def test_no_command_is_run_but_those_that_tell(recorded):
    asked = redis.questions({}, LOGIN)
    assert {q.ask[0] for q in asked} == {"info", "config", "module", "command", "acl"}
    more = redis.questions(recorded("redis-7"), LOGIN)
    assert {q.ask[:2] for q in more} == {("acl", "dryrun")}


def test_modules_are_named(recorded):
    answers = {**recorded("redis-7"), "modules": [[["name", "search", "ver", 20809]], ["x"], [7]]}
    assert redis.read(answers, LOGIN).values["modules"] == ["search"]


@pytest.mark.parametrize(
    "lie", [[], [[]], [["x"]], [[None]], [[[[["name"]]]]], [["\x1b[2J"] * 3], "no"]
)
def test_whatever_a_server_answers_is_read_without_falling_over(recorded, lie):
    answers = recorded("redis-7")
    for name in answers:
        found = redis.read({**answers, name: lie}, LOGIN)
        redis.questions({**answers, name: lie}, LOGIN)
        assert "\x1b" not in str(found)


@pytest.mark.parametrize(
    ("user", "password", "told"),
    [("", "", "none"), ("default", "x", "password"), ("", "x", "password"), ("app", "x", "user")],
)
def test_how_the_application_shows_who_it_is(user, password, told):
    login = replace(LOGIN, user=user, password=password)
    assert (
        redis.read({"info": [["redis_version:7.0.15\r\nrole:master"]]}, login).values[
            "authentication"
        ]
        == told
    )
