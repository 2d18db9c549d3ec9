"""CloudFormation's functions: what they give before anything is deployed."""

import pytest

from parity.model.document import ABSENT
from parity.sources.ecs_task.functions import Functions

TEMPLATE = {
    "Parameters": {
        "Tag": {"Type": "String", "Default": "2.3"},
        "Count": {"Type": "Number", "Default": 2},
        "Bare": {"Type": "String"},
        "Hidden": {"Type": "String", "NoEcho": True, "Default": "CANARY"},
    }
}


def resolve(value, **known):
    functions = Functions(TEMPLATE, {"AWS::Region": "eu-west-1", **known})
    return functions.resolve(value), functions.notes


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"Ref": "Tag"}, "2.3"),
        ({"Ref": "Count"}, 2),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Ref": "Bare"}, "${secret:Bare}"),
        ({"Ref": "Hidden"}, "${secret:Hidden}"),
        ({"Ref": "AWS::NoValue"}, ABSENT),
        ({"Sub": "a:${Tag}-${AWS::Region}"}, "a:2.3-eu-west-1"),
        ({"Fn::Sub": "${!Literal} ${Db.Host}"}, "${Literal} ${secret:Db.Host}"),
        ({"Sub": ["${x}/${Tag}", {"x": {"Ref": "Count"}}]}, "2/2.3"),
        ({"Fn::GetAtt": ["Db", "Host"]}, "${secret:Db.Host}"),
        ({"GetAtt": "Db.Host"}, "${secret:Db.Host}"),
        ({"Join": [":", ["a", {"Ref": "Tag"}]]}, "a:2.3"),
        ({"Fn::If": ["Big", 5, 6]}, 5),
        ({"Fn::ImportValue": "shared-db"}, "${secret:ImportValue shared-db}"),
        ({"Fn::FindInMap": ["Map", "a", "b"]}, "${secret:FindInMap Map}"),
        ("{{resolve:secretsmanager:prod/db:SecretString:password}}", "${secret:prod/db}"),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [{"Ref": "AWS::NoValue"}, 1]}, {"b": [1]}),
        ({"Ref": "Tag", "other": 1}, {"Ref": "Tag", "other": 1}),
        ({"Split": 5}, "${secret:Split 5}"),
        ({"Sub": 5}, "${secret:Sub}"),
        ("plain", "plain"),
        (5, 5),
    ],
)
def test_what_a_function_gives(value, found):
    assert resolve(value)[0] == found


def test_what_is_assumed_or_unknown_is_noted_where_it_stands():
    _, notes = resolve({"a": {"Ref": "Tag"}, "b": [{"Ref": "Bare"}], "c": "x"})
    assert set(notes) == {("a",), ("b", 0)}
    assert "default of the parameter Tag" in notes[("a",)]
    assert "known only once it is deployed: Bare" in notes[("b", 0)]
    assert "condition Big" in resolve({"Fn::If": ["Big", 5, 6]})[1][()]


def test_a_default_that_must_not_be_shown_is_not():
    assert "CANARY" not in repr(resolve({"Sub": "x${Hidden}"}))
