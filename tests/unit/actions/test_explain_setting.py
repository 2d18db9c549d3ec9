"""One setting of two environments, from what a user writes."""

from dataclasses import replace

import pytest

from parity.actions.diff_request import DiffRequest
from parity.actions.explain_setting import explain
from parity.errors import UsageError
from parity.model.environment import Environment
from parity.model.facts import Facts, with_facts
from parity.model.finding import Why
from parity.model.override import Override
from parity.model.project import Project
from parity.model.setting import Layer
from parity.paths import ProjectPaths

WEB = {"image": "shop/web:1", "environment": {"TZ": "UTC", "PASSWORD": "hunter2hunter2hunter2"}}
DB = {"image": "postgres:15", "command": ["postgres", "-c", "max_connections=100"]}


def environment(name, web=None, db=None, layers=()):
    services = {"web": {**WEB, **(web or {})}, "db": {**DB, **(db or {})}}
    read = frozenset({Layer.DECLARED, *layers})
    return Environment(name, "compose", (), {"services": services}, layers=read)


def answered(number):
    settings = {"settings": {"max_connections": number}, "engine": "postgres"}
    return with_facts(DB, Layer.DATABASE, Facts(settings))


@pytest.fixture
def ask(tmp_path):
    def call(setting, one=None, two=None, **options):
        read = (one or environment("dev"), two or environment("prod"))
        return explain(ProjectPaths(tmp_path), Project(), DiffRequest(), setting, read, **options)

    return call


def berlin(name="prod"):
    return environment(name, web={"environment": {**WEB["environment"], "TZ": "Europe/Berlin"}})


@pytest.mark.parametrize("word", ["web.environment.TZ", "services.web.environment.TZ"])
def test_a_setting_that_differs(ask, word):
    found = ask(word, two=berlin())
    assert found.setting == "services.web.environment.TZ"
    assert (found.verdict.relation, found.verdict.how) == ("differs", "byte for byte")
    assert [side.value for side in found.sides] == ["UTC", "Europe/Berlin"]
    assert found.findings


def test_forms_that_are_equal_once_normalised(ask):
    found = ask(
        "web.deploy.resources.limits.memory",
        environment("dev", web={"mem_limit": "1g"}),
        environment("prod", web={"deploy": {"resources": {"limits": {"memory": "1024m"}}}}),
    )
    assert (found.verdict.relation, found.verdict.how) == ("equal", "in bytes")
    assert [side.words[0].written for side in found.sides] == ["1g", "1024m"]


def test_a_default_equals_what_is_written_down(ask):
    found = ask("web.shm_size", two=environment("prod", web={"shm_size": "64m"}))
    assert found.verdict.relation == "equal"
    assert "default" in found.verdict.how


def test_secrets_stay_concealed(ask):
    found = ask("web.environment.PASSWORD")
    assert "hunter2" not in repr(found)
    assert found.verdict.how.startswith("as secrets")


def test_what_one_notation_has_no_words_for_is_unknown_but_not_what_is_equal(ask):
    silent = frozenset({"configs.*.mode", "user"})
    sides = [environment("dev", web={"user": "1"}), environment("prod")]
    sides[1] = replace(sides[1], silent=silent)
    assert ask("web.user", *sides).verdict.relation == "unknown"
    config = {"source": "a", "target": "/etc/a"}
    one = environment("dev", web={"configs": [{**config, "mode": "0400"}]})
    two = replace(environment("prod", web={"configs": [config]}), silent=silent)
    assert ask("web.configs./etc/a.content", one, two).verdict.relation == "equal"


def test_an_override_folds(ask):
    rewrite = Override(("services", "web", "environment", "TZ"), "E", "UTC", "laptops")
    found = ask("web.environment.TZ", two=berlin(), overrides=(rewrite,))
    assert [(each.why, each.reason) for each in found.folded] == [(Why.OVERRIDE, "laptops")]


@pytest.mark.parametrize(
    "word", ["db.command -c max_connections", "db.max_connections", "db.command --max_connections"]
)
def test_a_server_s_setting_by_what_it_is_told(ask, word):
    other = {"command": ["postgres", "--max-connections=50"]}
    found = ask(word, two=environment("prod", db=other))
    assert [side.value for side in found.sides] == ["100", "50"]
    assert (found.verdict.relation, found.verdict.how.partition(",")[0]) == (
        "differs",
        "by what they are told",
    )


def test_a_server_s_own_answer_wins(ask):
    sides = [environment(n, db=answered("50"), layers=[Layer.DATABASE]) for n in ("dev", "prod")]
    found = ask("db.database.settings.max_connections", *sides)
    assert [side.value for side in found.sides] == ["50", "50"]
    assert found.verdict.how.startswith("by the servers' own answers")
    assert [word.wins for word in found.sides[0].words] == [False, True]


def test_a_layer_of_one_side_alone_is_told(ask):
    body = with_facts(WEB, Layer.RUNNING, Facts({"limits": {"memory": 5}}))
    one = environment("dev", web=body, layers=[Layer.RUNNING])
    found = ask("web.running.limits.memory", one)
    assert found.setting == "services.web.deploy.resources.limits.memory"
    assert "was not read in prod" in found.notes[0]


def test_a_service_of_one_side_alone(ask):
    one = environment("dev")
    two = Environment("prod", "compose", (), {"services": {"db": DB}})
    found = ask("web.environment.TZ", one, two)
    assert found.verdict.relation == "not-compared"
    assert [side.service for side in found.sides] == ["web", ""]


@pytest.mark.parametrize(
    ("word", "message", "step"),
    [
        ("web.environment.TX", "no layer that was read has", "`web.environment.TZ`"),
        ("webb.environment.TZ", "no service called `webb`", "did you mean `web`?"),
        ("web", "--explain is about one setting", "web.image"),
        ("web.host.kernel", "the layer `host` of dev and prod was not read", "--layers host"),
        ("web.a[[", "no layer that was read has", "parity config"),
        ("", "no service called ``", "services: db, web"),
    ],
)
def test_what_means_nothing_is_refused(ask, word, message, step):
    with pytest.raises(UsageError) as raised:
        ask(word)
    assert message in raised.value.message
    assert step in raised.value.next_step


def test_what_an_image_alone_says_can_be_asked_for(ask):
    def imaged(name):
        facts = Facts({"env": {"LANG": "C.UTF-8"}})
        web = with_facts({}, Layer.IMAGE, facts)
        return environment(name, web=web, layers=(Layer.IMAGE,))

    found = ask("web.environment.LANG", imaged("dev"), imaged("prod"))
    assert [side.value for side in found.sides] == ["C.UTF-8", "C.UTF-8"]
    assert [side.winner.layer for side in found.sides] == [Layer.IMAGE, Layer.IMAGE]
