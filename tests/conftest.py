"""No test touches the developer's home, Docker configuration or engine, unless it asks for the engine."""

import os

import pytest

HOME_VARIABLES = ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME")
FOREIGN = ("COMPOSE_", "DOCKER_", "PARITY_")


@pytest.fixture(scope="session")
def nobodys_home(tmp_path_factory):
    """An empty folder that stands in for the developer's home."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _developer_is_safe(request, monkeypatch):
    """Point home, Docker's configuration and the engine's address to where nothing is."""
    if request.node.get_closest_marker("engine"):
        return
    home = request.getfixturevalue("nobodys_home")
    for name in [name for name in os.environ if name.startswith(FOREIGN)]:
        monkeypatch.delenv(name)
    for name in HOME_VARIABLES:
        monkeypatch.setenv(name, str(home / name.lower()))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(home / "docker"))
    monkeypatch.setenv("DOCKER_HOST", f"unix://{home}/no-engine.sock")
    # The command line notes the colour mode here; declared so that it is taken back.
    monkeypatch.setenv("PARITY_ANSI", "never")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
