"""The order of starting."""

import pytest

from parity.errors import DefinitionError
from parity.model.stack import GATEWAY
from parity.stack import order


def test_every_service_waits_for_the_gateway_and_for_what_it_names():
    graph = order.dependencies(
        {
            GATEWAY: {},
            "db": {},
            "web": {"depends_on": {"db": {"condition": "service_healthy"}, "x": None}},
            "job": {"depends_on": {"db": None}},
            "side": {"network_mode": "service:web"},
        }
    )
    assert graph == {
        GATEWAY: {},
        "db": {GATEWAY: order.STARTED},
        "web": {"db": order.HEALTHY, GATEWAY: order.STARTED},
        "job": {"db": order.STARTED, GATEWAY: order.STARTED},
        "side": {"web": order.STARTED, GATEWAY: order.STARTED},
    }


@pytest.mark.parametrize(
    "services",
    [
        {"a": {"depends_on": {"a": {}}}},
        {"a": {"depends_on": {"b": {}}}, "b": {"depends_on": {"a": {}}}},
        {"a": {"network_mode": "service:b"}, "b": {"depends_on": {"a": {}}}},
    ],
)
def test_a_circle_is_refused_and_drawn(services):
    with pytest.raises(DefinitionError, match="a -> ") as caught:
        order.dependencies({GATEWAY: {}, **services})
    assert "depends_on" in caught.value.next_step


def test_what_others_wait_for_to_complete_is_a_job():
    services = {
        GATEWAY: {},
        "migrate": {},
        "db": {},
        "web": {
            "depends_on": {
                "migrate": {"condition": "service_completed_successfully"},
                "db": {"condition": "service_healthy"},
            }
        },
    }
    assert order.awaited(services) == {"migrate"}


def test_services_wait_for_a_ready_gateway_where_there_are_hosts_to_reach():
    graph = order.dependencies({GATEWAY: {}, "web": {}}, gateway_first=True)
    assert graph["web"] == {GATEWAY: order.HEALTHY}
