"""A task definition of one container that is changed field by field."""

import json

import pytest

from parity.sources import ecs
from parity.sources.contract import Request


@pytest.fixture
def read_all(tmp_path):
    """Read definitions as they are; texts are written as they stand."""

    def start(*definitions, **options):
        names = []
        for number, definition in enumerate(definitions):
            text = definition if isinstance(definition, str) else json.dumps(definition, indent=1)
            names.append(f"task{number}.{'yaml' if isinstance(definition, str) else 'json'}")
            (tmp_path / names[-1]).write_text(text)
        return ecs.start(Request("prod", tmp_path, files=names, **options)).result()

    return start


@pytest.fixture
def read(read_all):
    """Read one task: `containers` or the fields of one, and the `task`'s own."""

    def start(*containers, task=None, **own):
        rows = [{"name": "web", "image": "web:1", **own}] if not containers else list(containers)
        return read_all({"family": "shop", "containerDefinitions": rows, **(task or {})})

    return start


@pytest.fixture
def web(read):
    """The service of one container with these fields."""

    def start(task=None, **own):
        return read(task=task, **own).services["web"]

    return start


@pytest.fixture
def lost():
    """Paths of losses."""
    return lambda environment: {loss.path.removeprefix("shop:") for loss in environment.losses}
