"""What the machine formats say of an override."""

import pytest

from parity.model.document import ABSENT
from parity.model.override import Override


def test_a_side_that_is_not_there_is_left_out_and_null_is_not():
    row = Override(("services", "web", "ports"), None, ABSENT, "why").as_json()
    assert row == {
        "service": "web",
        "path": "services.web.ports",
        "production": None,
        "reason": "why",
        "asked_by": "parity",
    }


@pytest.mark.parametrize(
    ("path", "service"),
    [
        (("services", "web", "image"), "web"),
        (("services", "web"), "web"),
        (("services",), ""),
        (("networks", "default", "name"), ""),
        (("name",), ""),
    ],
)
def test_an_override_knows_its_service(path, service):
    assert Override(path, 1, 2, "why").service == service
