import json

import pytest

from parity.probes.database import rabbitmq
from parity.probes.database.contract import Login

LOGIN = Login("rabbitmq", "queue", 5672, "shop", "secret", "shop")


def test_a_real_broker_says_what_it_does(recorded):
    found = rabbitmq.read(recorded("rabbitmq-3.10"), LOGIN)
    assert found.unread == {}
    facts = found.values
    assert (facts["engine"], facts["version"]) == ("rabbitmq", "3.10.8")
    assert facts["policies"] == {"ha": 'queues ^orders 0 {"max-length": 1000}'}
    assert facts["queues"] == {"orders": "durable x-dead-letter-exchange=dlx x-message-ttl=60000"}
    assert facts["permissions"] == "configure .* write .* read .*"
    assert facts["settings"]["consumer_timeout"] == "1800000"
    assert facts["settings"]["heartbeat"] == "60"


def test_no_hash_and_no_password_is_kept(recorded):
    told = str(rabbitmq.read(recorded("rabbitmq-3.10"), LOGIN))
    assert "hash" not in told and "default_pass" not in told


def test_another_virtual_host_is_not_the_applications(recorded):
    login = Login("rabbitmq", "queue", 5672, "shop", "", "/")
    facts = rabbitmq.read(recorded("rabbitmq-3.10"), login).values
    assert "queues" not in facts and "permissions" not in facts


def test_what_was_made_for_a_client_is_left_out():
    queue = {"vhost": "shop", "name": "amq.gen-x1", "durable": False, "auto_delete": True}
    exchange = {
        "vhost": "shop",
        "name": "events",
        "type": "topic",
        "durable": False,
        "internal": True,
    }
    told = {
        "rabbitmq_version": "3.13.1",
        "queues": [queue],
        "exchanges": [exchange, {"vhost": "shop", "name": "amq.topic"}],
    }
    facts = rabbitmq.read({"definitions": [[json.dumps(told)]]}, LOGIN).values
    assert "queues" not in facts
    assert facts["exchanges"] == {"events": "topic transient internal"}


def test_without_definitions_nothing_is_known_of_what_is_in_them():
    found = rabbitmq.read({"plugins": [["[]."]], "definitions": "no such command"}, LOGIN)
    assert found.values == {}
    assert set(found.unread) >= {"version", "settings", "policies", "queues", "exchanges"}


def test_it_asks_for_what_it_names_and_not_for_users():
    (_, shell), (_, tool) = [(q.name, q.ask) for q in rabbitmq.questions({}, LOGIN)]
    assert shell[:2] == ("sh", "-c") and tool[:3] == ("rabbitmqctl", "-q", "eval")
    assert "consumer_timeout" in tool[3] and "default_pass" not in tool[3]
    assert "maps:without([users" in tool[3]


def test_plugins_are_those_that_were_asked_for(recorded):
    answers = recorded("rabbitmq-3.10")
    assert "plugins" not in rabbitmq.read(answers, LOGIN).values
    answers["plugins"] = [["[rabbitmq_shovel,\n rabbitmq_management].\n"]]
    found = rabbitmq.read(answers, LOGIN).values
    assert found["plugins"] == ["rabbitmq_management", "rabbitmq_shovel"]


@pytest.mark.parametrize(
    "lie", ["", "{", "[" * 100_000, '{"queues": 7, "permissions": [1, {"user": "shop"}]}', '{"queues": [{"name": {"a": 1}, "arguments": []}]}',
            '{"rabbit": []}', "\x1b[31m", '{"plugins": {"a": 1}}'],
)  # fmt: skip
def test_whatever_a_broker_answers_is_read_without_falling_over(recorded, lie):
    answers = recorded("rabbitmq-3.10")
    for name in answers:
        found = rabbitmq.read({**answers, name: [[lie]]}, LOGIN)
        assert "\x1b" not in str(found)
