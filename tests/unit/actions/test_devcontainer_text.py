"""What `.devcontainer/` says is what editors accept, by the schema and not by their readers' patience."""

import json
from pathlib import Path

import jsonschema
import pytest

from parity.actions.devcontainer_text import files, forwarded
from parity.model.project import DevcontainerTable

HERE = Path(__file__).parent / "data"
ROOT = Path(__file__).parents[3]
SERVICES = {
    "web": {
        "networks": {"front": None},
        "expose": ["8000", "9000-9010", "53/udp"],
        "ports": [{"target": 80, "published": "80", "protocol": "tcp"}],
    },
    "proxy": {"networks": {"front": None}, "ports": [{"target": 8443, "protocol": "tcp"}]},
    "dns": {"networks": {"front": None}, "ports": [{"target": 53, "protocol": "udp"}]},
    "far": {"networks": {"back": None}, "ports": [{"target": 81, "protocol": "tcp"}]},
    "under_score": {"networks": {"front": None}, "ports": [{"target": 82, "protocol": "tcp"}]},
}


def valid(text):
    """The document, once it has been held against the schema."""
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("//")]
    found = json.loads("\n".join(lines))
    jsonschema.validate(found, json.loads((HERE / "devcontainer.schema.json").read_text()))
    return found


@pytest.mark.parametrize(
    "table",
    [
        DevcontainerTable("web"),
        DevcontainerTable("far"),
        DevcontainerTable(
            "web",
            tools=("git", "less"),
            user="me",
            workspace="/workspace",
            environment={"A": 'quoted "and" $so'},
            extensions=("a.b",),
            shutdown="stopCompose",
        ),
    ],
)
def test_what_is_written_fits_the_schema(table):
    made = valid(files("shop", table, SERVICES)["devcontainer.json"])
    assert made["service"] == table.service
    assert made["remoteUser"] == table.user
    assert made["shutdownAction"] == table.shutdown
    assert made["initializeCommand"] == "parity devcontainer start"


@pytest.mark.parametrize(
    "change",
    [
        {"service": None},
        {"shutdownAction": "stopContainer"},
        {"forwardPorts": ["Proxy:80"]},
        {"forwardPorts": [70000]},
        {"workspacefolder": "/x"},
        {"image": "debian"},
        {"postAttachCommand": 3},
        {"customizations": {"vscode": []}},
    ],
)
def test_the_schema_refuses_what_readers_accept(change):
    made = valid(files("shop", DevcontainerTable("web"), SERVICES)["devcontainer.json"])
    broken = {key: value for key, value in {**made, **change}.items() if value is not None}
    with pytest.raises(jsonschema.ValidationError):
        valid(json.dumps(broken))


@pytest.mark.parametrize("folder", ["stacks/shop", "."])
def test_the_definitions_of_this_repository_fit_the_schema(folder):
    valid((ROOT / folder / ".devcontainer" / "devcontainer.json").read_text())


def test_ports_are_the_service_s_own_and_published_ones_that_it_can_reach():
    assert forwarded("web", SERVICES) == [80, 8000, "proxy:8443"]
    assert forwarded("far", SERVICES) == [81]


def test_a_port_of_tls_is_opened_as_such():
    made = valid(files("shop", DevcontainerTable("web"), SERVICES)["devcontainer.json"])
    assert made["portsAttributes"]["proxy:8443"]["protocol"] == "https"
    assert "protocol" not in made["portsAttributes"]["8000"]


def test_the_recipe_stands_on_production_s_image_and_has_the_tools():
    text = files("shop", DevcontainerTable("web", tools=("git", "less")), SERVICES)["Dockerfile"]
    assert "FROM ${PRODUCTION}\n" in text
    assert 'tools="git less"' in text
    assert "{" not in text.replace("${PRODUCTION}", "")


def test_without_tools_nothing_is_installed():
    text = files("shop", DevcontainerTable("web", tools=()), SERVICES)["Dockerfile"]
    assert text.endswith("FROM ${PRODUCTION}\nUSER root\n")


def test_a_feature_s_description_fits_the_schema():
    folder = ROOT / ".devcontainer" / "features" / "parity"
    found = json.loads((folder / "devcontainer-feature.json").read_text())
    jsonschema.validate(found, json.loads((HERE / "devcontainer-feature.schema.json").read_text()))
    assert found["id"] == folder.name
    assert (folder / "install.sh").stat().st_mode & 0o111
