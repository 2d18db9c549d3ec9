"""Environments without values: what stands in the places, and that nothing else changed."""

import copy
import json

import pytest

from parity.model.environment import Environment, Loss
from parity.model.hidden import UNKNOWN, Concealed, Hidden
from parity.secrecy import fingerprint
from parity.secrecy.hide import hide, places, records

SECRET = "kX9!vQz3LmPw7"


def made(document, **more):
    return Environment("prod", "compose", ("compose.yaml",), document, **more)


def env(**variables):
    return made({"services": {"web": {"image": "a", "environment": variables}}})


def hidden_env(environment, prints=None):
    safe = hide(environment, prints or fingerprint.numbered())
    return safe.services["web"]["environment"]


def test_values_become_records_and_the_rest_stays():
    variables = hidden_env(env(DB_PASSWORD=SECRET, TZ="UTC", U=f"x://u:{SECRET}@h", N=None))
    assert variables["DB_PASSWORD"] == Hidden("printable", 13, "run:1")
    assert variables["U"] == Concealed("x://u:•••@h", (Hidden("printable", 13, "run:1"),))
    assert (variables["TZ"], variables["N"]) == ("UTC", None)


def test_the_document_that_was_given_is_not_changed():
    environment = env(DB_PASSWORD=SECRET, TZ="UTC")
    before = copy.deepcopy(environment.document)
    safe = hide(environment, fingerprint.numbered())
    assert environment.document == before
    assert safe.document != before
    assert list(safe.document) == list(before)


def test_without_secrets_nothing_changes_and_nothing_is_printed():
    def never(values):
        raise AssertionError(list(values))

    environment = env(TZ="UTC", PORT="80")
    assert hide(environment, never).document == environment.document


def test_references_are_known_by_name_or_by_what_the_source_knows():
    environment = env(
        A="${secret:a}", B="x ${secret:b} y", DB_PASSWORD="pre-${secret:c}", D="${secret:d}"
    )
    environment = made(environment.document, values={"d": SECRET + "\n"})
    variables = hidden_env(environment)
    assert variables["A"] == Hidden(UNKNOWN)
    assert variables["A"].name == "a"
    assert variables["B"] == Concealed("x ••• y", (Hidden(UNKNOWN),))
    assert variables["DB_PASSWORD"].kind == UNKNOWN
    assert variables["D"] == Hidden("printable", 14, "run:1", ("newline after",), core="run:2")
    assert variables["D"].name == "d"
    assert hide(environment, fingerprint.none()).values == {}


def test_values_of_the_source_are_hidden_where_they_are_copied():
    document = {"services": {"web": {"command": ["x", SECRET]}}}
    safe = hide(made(document, values={"d": SECRET}), fingerprint.none())
    assert safe.services["web"]["command"] == ["x", Hidden("printable", 13)]


def test_losses_hold_no_value():
    losses = (
        Loss("spec.containers[0].env.DB_PASSWORD", "hunter2!x", "no words for it"),
        Loss("spec.hook", f"login {SECRET}", f"{SECRET} is odd"),
        Loss("spec.hostIPC", "true", "no words for it"),
    )
    document = {"services": {"web": {"environment": {"API_TOKEN": SECRET}}}}
    safe = hide(made(document, losses=losses), fingerprint.none())
    assert [loss.value for loss in safe.losses] == ["(secret: 9 printable)", "login •••", "true"]
    assert [loss.path for loss in safe.losses] == [loss.path for loss in losses]
    assert safe.losses[1].reason == "••• is odd"
    assert SECRET not in repr(safe)


def test_fingerprints_are_those_of_the_values_and_of_their_cores():
    prints = fingerprint.slow("k" * 64)
    strong = "kX9vQz3LmPw7RtYb2NdF4hJs"
    plain, newline, weak = (
        hidden_env(env(DB_PASSWORD=value), prints)["DB_PASSWORD"]
        for value in (strong, strong + "\n", "hunter2")
    )
    assert plain.fingerprint == fingerprint.fingerprint(strong, "k" * 64)
    assert newline.core == plain.fingerprint != newline.fingerprint
    assert plain.core == ""
    assert (weak.fingerprint, weak.core) == ("", "")


def test_all_places_are_told():
    safe = hide(env(DB_PASSWORD=SECRET, U="x://u:abcdef1@h,y://u:abcdef2@h"), fingerprint.none())
    paths = [path[-1] for path, _ in places(safe.document)]
    assert paths == ["DB_PASSWORD", "U", "U"]
    told = [each for _, each in places(safe.document)]
    assert sorted(records(safe.document), key=str) == sorted(told, key=str)
    assert records({"services": {"web": {"command": ["a", {"b": None}]}}}) == []


@pytest.mark.parametrize("key", ["a", "0", "\0losses", "$secret", "services"])
def test_odd_names_are_kept(key):
    document = {
        "services": {"web": {"environment": {"DB_PASSWORD": SECRET}}},
        "x-a": {key: {"b": SECRET}},
    }
    safe = hide(made(document), fingerprint.none())
    assert safe.document["x-a"][key]["b"] == Hidden("printable", 13)
    assert SECRET not in json.dumps(safe.document, default=str)
