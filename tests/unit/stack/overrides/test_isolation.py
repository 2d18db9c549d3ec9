"""What would let a service out is taken from it; nothing else is."""

import pytest

from parity.model.project import LocalTable
from parity.stack.overrides import isolation


@pytest.mark.parametrize("mode", ["host", "bridge"])
def test_the_hosts_network_becomes_the_stacks(draft, context, mode):
    one = draft({"web": {"network_mode": mode}})
    isolation.apply(one, context())
    assert one.get(("services", "web")) == {"networks": {"default": None}}
    assert "default" in one.document["networks"]
    assert {row.path[-1] for row in one.overrides} == {"network_mode", "networks"}


@pytest.mark.parametrize(
    ("field", "value"),
    [("privileged", True), ("pid", "host"), ("userns_mode", "host"), ("uts", "host"),
     ("external_links", ["other:db"])],
)  # fmt: skip
def test_privileges_are_taken(draft, context, field, value):
    one = draft({"web": {field: value}})
    isolation.apply(one, context())
    assert one.get(("services", "web")) == {}
    assert one.overrides[0].production == value


@pytest.mark.parametrize(
    "service",
    [
        {"network_mode": "none"},
        {"network_mode": "service:db"},
        {"privileged": False},
        {"pid": "service:db"},
        {"cap_add": ["NET_BIND_SERVICE"]},
        {"user": "1000"},
        {"read_only": True},
        {"networks": {"back": None}},
    ],
)
def test_ordinary_services_are_left_alone(draft, context, service):
    one = draft({"web": service})
    isolation.apply(one, context())
    assert one.overrides == ()


def test_a_service_that_the_user_trusts_keeps_its_privileges(draft, context):
    one = draft({"web": {"privileged": True, "pid": "host"}})
    isolation.apply(one, context(local=LocalTable(privileged=("web",))))
    assert one.overrides == ()


def test_another_containers_namespaces_are_not_joined(draft, context):
    one = draft(
        {"web": {"network_mode": "container:x", "pid": "container:x", "ipc": "container:x"}}
    )
    isolation.apply(one, context())
    assert one.get(("services", "web")) == {"networks": {"default": None}}


def test_capabilities_that_lead_out_are_taken_and_the_others_stay(draft, context):
    one = draft({"web": {"cap_add": ["SYS_ADMIN", "CHOWN"]}, "all": {"cap_add": ["ALL"]}})
    isolation.apply(one, context())
    assert one.get(("services", "web", "cap_add")) == ["CHOWN"]
    assert one.get(("services", "all")) == {}


def test_ipv6_is_not_switched_back_on(draft, context):
    sysctls = {"net.ipv6.conf.all.disable_ipv6": "0", "net.core.somaxconn": "1024"}
    one = draft({"web": {"sysctls": sysctls}})
    isolation.apply(one, context())
    assert one.get(("services", "web", "sysctls")) == {"net.core.somaxconn": "1024"}


@pytest.mark.parametrize("mode", ["default", "corporate_net", "container:x"])
def test_a_network_outside_the_stack_is_not_joined(draft, context, mode):
    one = draft({"web": {"network_mode": mode}})
    isolation.apply(one, context())
    assert one.get(("services", "web")) == {"networks": {"default": None}}


def test_the_engines_socket_is_not_handed_over(draft, context):
    one = draft({"web": {"use_api_socket": True, "volumes_from": ["container:x", "db"]}, "db": {}})
    isolation.apply(one, context())
    assert one.get(("services", "web")) == {"volumes_from": ["db"]}
