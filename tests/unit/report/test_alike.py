"""Findings that say the same of several services."""

from dataclasses import replace

import pytest

from parity.model.document import show
from parity.model.finding import Place, Severity
from parity.report.alike import merged


def of(shop, service, **changes):
    place = Place(show(("services", service, "environment", "TZ")), "unset", "UTC")
    return replace(shop.findings[0], service=service, **{"places": (place,), **changes})


def test_what_is_said_of_several_services_is_said_once(shop):
    first, second, third = (of(shop, name) for name in ("web", "worker", "my.cron"))
    (alike,) = merged([first, replace(second), third])
    assert alike.finding is first
    assert alike.services == ("web", "worker", "my.cron")


def test_a_message_may_name_its_own_service(shop):
    found = [of(shop, name, message=f"3 of `{name}` differ") for name in ("web", "worker")]
    assert len(merged(found)) == 1
    found = [of(shop, name, message=f"3 of {name} differ") for name in ("web", "worker")]
    assert len(merged(found)) == 2, "only a name between marks is known to be one"


@pytest.mark.parametrize(
    "changes",
    [
        {"message": "other"},
        {"severity": Severity.INFO},
        {"rule": "EN009"},
        {"fix": "other"},
        {"places": (Place("services.worker.environment.TZ", "unset", "CET"),)},
        {"places": (Place("services.worker.environment.LANG", "unset", "UTC"),)},
        {"places": (Place("services.web.environment.TZ", "unset", "UTC"),)},
        {"places": ()},
        {"service": ""},
    ],
)
def test_whatever_else_differs_stays_apart(shop, changes):
    found = [of(shop, "web"), replace(of(shop, "worker"), **changes)]
    assert [alike.finding for alike in merged(found)] == found


def test_services_that_one_side_lacks_stay_apart(shop):
    found = [
        of(shop, name, places=(Place(f"services.{name}", "unset", "x"),)) for name in ("a", "b")
    ]
    assert len(merged(found)) == 2


def test_the_order_is_that_of_the_first(shop):
    found = [of(shop, "web"), *shop.findings[1:], of(shop, "worker")]
    assert [alike.finding for alike in merged(found)] == found[:-1]
    assert sum(len(alike.services) for alike in merged(found)) == len(found)
