"""A service comes to settings: renamed fields under one name, contents in their places."""

import pytest

from parity.diff.settings import add_contents, flatten, of_document


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ({"mem_limit": "512m"}, {"deploy": {"resources": {"limits": {"memory": "536870912"}}}}),
        (
            {"mem_reservation": "1g"},
            {"deploy": {"resources": {"reservations": {"memory": "1024m"}}}},
        ),
        ({"cpus": 0.5}, {"deploy": {"resources": {"limits": {"cpus": "0.5"}}}}),
        ({"pids_limit": 100}, {"deploy": {"resources": {"limits": {"pids": 100}}}}),
        ({"scale": 3}, {"deploy": {"replicas": 3}}),
        ({"shm_size": "64m"}, {"shm_size": "67108864"}),
        ({"stop_grace_period": "1m0s"}, {"stop_grace_period": "60s"}),
        (
            {"restart": "on-failure:3"},
            {"deploy": {"restart_policy": {"condition": "on-failure", "max_attempts": 3}}},
        ),
        ({"restart": "always"}, {"deploy": {"restart_policy": {"condition": "any"}}}),
        ({"restart": "no"}, {"deploy": {"restart_policy": {"condition": "none"}}}),
        ({"restart": False}, {"restart": "no"}),
        ({"cap_add": ["B", "A"]}, {"cap_add": ["A", "B"]}),
    ],
)
def test_two_words_for_one_setting(written, same):
    assert flatten(written) == flatten(same)
    assert flatten(written) != {}


def test_the_deploy_section_wins_over_the_old_field():
    both = {"deploy": {"resources": {"limits": {"memory": "1g"}}}, "mem_limit": "512m"}
    assert flatten(both) == {("deploy", "resources", "limits", "memory"): 1024**3}


def test_the_plain_restart_wins_over_the_swarms():
    both = {"restart": "always", "deploy": {"restart_policy": {"condition": "none"}}}
    assert flatten(both) == {("restart",): "always"}


@pytest.mark.parametrize(
    "field", ["develop", "profiles", "attach", "env_file", "extends", "x-note"]
)
def test_what_has_no_effect_on_a_running_service_is_no_setting(field):
    assert flatten({field: {"a": 1}}) == {}


def test_parts_that_parity_adds_are_settings():
    assert flatten({"x-parity": {"pod": "web"}}) == {("x-parity", "pod"): "web"}


def test_unknown_fields_are_kept():
    assert flatten({"brand_new": {"a": [1]}}) == {("brand_new", "a"): (1,)}


def test_nothing_is_no_setting():
    assert flatten({"command": None, "environment": None, "ports": None}) == {}


def test_a_config_is_its_content_and_a_secret_is_that_it_is_mounted():
    service = {"configs": [{"source": "c", "target": "/c"}], "secrets": [{"source": "s"}]}
    found = flatten(service)
    add_contents(found, {"configs": {"c": {"content": "a=1"}}})
    assert found == {("configs", "/c", "content"): "a=1", ("secrets", "/run/secrets/s"): "mounted"}


def test_a_config_whose_content_is_elsewhere_is_said_to_be():
    found = flatten({"configs": [{"source": "c", "target": "/c"}]})
    add_contents(found, {})
    assert found == {("configs", "/c", "content"): "(content not known here)"}


def test_the_environment_itself_has_settings_where_they_are_not_the_usual_ones():
    document = {
        "networks": {"back": {"name": "shop_back", "internal": True}, "front": None},
        "volumes": {"data": {"driver": "local", "labels": {"a": "b"}}, "far": {"driver": "nfs"}},
        "x-parity": {"ingress": [{"host": "a.test", "path": "/x", "service": "web", "port": 80}]},
    }
    assert of_document(document) == {
        ("networks", "back", "internal"): True,
        ("volumes", "far", "driver"): "nfs",
        ("ingress", "a.test/x"): "web:80",
    }
