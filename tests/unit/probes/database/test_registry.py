from types import SimpleNamespace

from parity.model.facts import Facts
from parity.probes.database import registry
from parity.probes.database.contract import Login, Question

LOGIN = Login("x", "db", 1, whose="web.environment.URL")


def test_every_server_has_one_probe():
    assert [probe.ENGINES for probe in registry.server_probes()] == [
        ("mariadb",), ("postgres",), ("rabbitmq",), ("redis",),
    ]  # fmt: skip
    assert registry.probe_of("mongodb") is None
    assert registry.probe_of("redis").__name__.endswith("redis")


def test_an_interview_goes_on_while_there_is_something_new_to_ask():
    def questions(answers, login):
        return [
            Question("?limit", ""),
            Question("a", ""),
            *([Question("b", "")] if "a" in answers else []),
        ]

    asked = []
    answers = registry.interview(
        SimpleNamespace(questions=questions),
        LOGIN,
        {"known": [[1]]},
        lambda q: asked.append(q.name) or [[2]],
    )
    assert asked == ["?limit", "a", "b"]
    assert answers == {"known": [[1]], "a": [[2]], "b": [[2]]}


def test_an_interview_ends():
    endless = SimpleNamespace(questions=lambda answers, login: [Question(str(len(answers)), "")])
    assert len(registry.interview(endless, LOGIN, {}, lambda q: [])) == 3


def test_facts_say_whose_connection_it_was_and_are_in_order():
    probe = SimpleNamespace(read=lambda answers, login: Facts({"z": {"b": 1, "a": 2}}, {"y": "no"}))
    found = registry.read(probe, LOGIN, {})
    assert found.values == {"connection": "web.environment.URL", "z": {"a": 2, "b": 1}}
    assert list(found.values["z"]) == ["a", "b"] and found.unread == {"y": "no"}
    nothing = SimpleNamespace(read=lambda answers, login: Facts())
    assert registry.read(nothing, LOGIN, {}) == Facts()
