"""Documented incidents happen on the real engine, and parity names what caused them."""

import os

import pytest

from scripts.lib import incident_stacks, reproduce
from scripts.lib.progress import Progress

pytestmark = pytest.mark.engine

QUICK = (
    "multiline-clawdi-pem",
    "rofs-planka-uploads",
    "tzdata-distroless-go",
)
"""Of a definition, of what runs, and of an image's files; the rest with PARITY_INCIDENTS=1."""
CHOSEN = incident_stacks.known() if os.environ.get("PARITY_INCIDENTS") == "1" else QUICK


@pytest.mark.parametrize("name", CHOSEN)
def test_it_happens_and_the_culprit_is_among_the_first_findings(client, name):
    incident = incident_stacks.load(name)
    incident_stacks.ensure_images(client, [incident], Progress(plain=True))
    row = reproduce.reproduce(client, incident)
    assert row.broken == ""
    assert row.good, "\n".join(row.listed)
    for side in incident_stacks.SIDES:
        label = f"com.docker.compose.project={incident.project(side)}"
        assert client.containers.list(all=True, filters={"label": label}) == []
        assert client.volumes.list(filters={"label": label}) == []
        assert client.networks.list(filters={"label": label}) == []
