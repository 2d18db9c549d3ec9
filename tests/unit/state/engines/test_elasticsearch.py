"""Elasticsearch and OpenSearch."""

import pytest

from parity.state.engines.elasticsearch import ENGINE


@pytest.mark.parametrize(
    ("env", "url"),
    [
        ({"xpack.security.enabled": "false", "ELASTIC_PASSWORD": "p"}, "http://elastic:p@h:1"),
        ({"ELASTIC_PASSWORD": "p"}, "https://elastic:p@h:1"),
        ({"OPENSEARCH_INITIAL_ADMIN_PASSWORD": "p"}, "https://admin:p@h:1"),
        ({"plugins.security.disabled": "true"}, "http://h:1"),
        ({}, "http://h:1"),
    ],
)
def test_the_url_is_what_the_container_was_told(env, url):
    assert ENGINE.url("h", 1, env) == url


def check(container):
    (found,) = ENGINE.checks(container("eswrapper"))
    return found.command


def test_a_red_index_is_a_problem_and_a_yellow_one_is_not(container, shell):
    assert shell(check(container), curl="cat >/dev/null; echo yellow orders") == (0, "")
    assert shell(check(container), curl="cat >/dev/null; echo red orders") == (1, "red orders\n")


def test_no_answer_is_no_damage(container, shell):
    assert shell(check(container), curl="cat >/dev/null; exit 7") == (75, "it does not answer\n")


def test_the_password_goes_through_standard_input(container, shell):
    curl = 'echo "$*" | grep -q secret && exit 1; grep -q "elastic:secret"'
    env = {"ELASTIC_PASSWORD": "secret"}
    assert shell(ENGINE.ready(container("eswrapper")), env, curl=curl) == (0, "")
    assert shell(ENGINE.before_pause(container("eswrapper")), env, curl=curl) == (0, "")


def test_where_the_data_is(container):
    home = "/usr/share/elasticsearch/data"
    assert ENGINE.folder(container("eswrapper", volumes=[home])) == home
    assert ENGINE.folder(container("eswrapper", env={"path.data": "/d"})) == "/d"
    assert ENGINE.folder(container("eswrapper")) == ""
