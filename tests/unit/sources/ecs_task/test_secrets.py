"""Variables, and secrets by their names only."""

import pytest

from parity.errors import DefinitionError
from parity.sources.ecs_task.secrets import SecretNames

ARN = "arn:aws:secretsmanager:eu-west-1:1:secret:"


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("/prod/shop/db-password", "db-password"),
        ("plain", "plain"),
        ("arn:aws:ssm:eu-west-1:1:parameter/prod/token", "token"),
        (f"{ARN}prod/db-AbCdEf", "db"),
        (f"{ARN}prod/db-AbCdEf:password::", "password"),
        (f"{ARN}prod/long-name-AbCdEf", "long-name"),
        ("arn:aws:ssm:${secret:AWS::Region}:1:parameter/prod/a b", "a_b"),
        ("::", "secret"),
        ("${secret:DbPassword}", "DbPassword"),
    ],
)
def test_a_secret_is_called_by_the_last_part_of_its_place(place, name):
    assert SecretNames().of(place) == name


def test_two_secrets_never_have_one_name():
    names = SecretNames()
    found = [names.of(place) for place in ("/a/db/pw", "/b/db/pw", "/a/db/pw", "pw", "x:pw")]
    assert found == ["pw", "db_pw", "pw", "pw_2", "x_pw"]


def test_variables_and_secrets(read, lost):
    environment = read(
        environment=[{"name": "A", "value": "1"}, {"name": "N", "value": 5}, {"name": "B", "value": True},
                     {"name": "A", "value": "2"}, {"name": "E", "value": ""}, {"name": "P", "value": "$x ${y}"}],
        secrets=[{"name": "DB", "valueFrom": "/prod/db"}, {"name": "TOKEN", "valueFrom": f"{ARN}t-AbCdEf"}],
        environmentFiles=[{"type": "s3", "value": "arn:aws:s3:::conf/prod.env"}],
    )  # fmt: skip
    assert environment.services["web"]["environment"] == {
        "A": "2", "N": "5", "B": "true", "E": "", "P": "$x ${y}", "DB": "${secret:db}", "TOKEN": "${secret:t}",
    }  # fmt: skip
    assert lost(environment) == {
        "containerDefinitions[0].environment[0]", "containerDefinitions[0].environmentFiles[0]",
    }  # fmt: skip


def test_a_secret_wins_over_a_variable(web):
    found = web(
        environment=[{"name": "A", "value": "1"}], secrets=[{"name": "A", "valueFrom": "a"}]
    )
    assert found["environment"] == {"A": "${secret:a}"}


@pytest.mark.parametrize(
    "own",
    [{"environment": [{"value": "x"}]}, {"environment": [{"name": "A=B", "value": "x"}]},
     {"secrets": [{"name": "A"}]}, {"environment": {"A": "x"}}, {"environment": ["A=x"]}],
    ids=range(5),
)  # fmt: skip
def test_odd_variables_are_told(web, own):
    with pytest.raises(DefinitionError):
        web(**own)


def test_logging(web):
    assert "logging" not in web()
    log = {"logDriver": "splunk", "options": {"url": "x", "tls": True},
           "secretOptions": [{"name": "splunk-token", "valueFrom": "/prod/splunk"}]}  # fmt: skip
    assert web(logConfiguration=log)["logging"] == {
        "driver": "splunk",
        "options": {"url": "x", "tls": "true", "splunk-token": "${secret:splunk}"},
    }
