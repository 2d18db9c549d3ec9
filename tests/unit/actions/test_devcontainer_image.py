"""The editor's image: production's below, production's command again on top, and nothing in between."""

import tarfile
from types import SimpleNamespace

import pytest

from parity.actions.devcontainer_image import archive, base_of, ensure_image, recipe
from parity.errors import ConfigError, StackError
from parity.model.project import DevcontainerTable, Project
from parity.model.stack import Identity
from parity.paths import ProjectPaths
from parity.stack.devcontainer import Layer

MADE = Layer("app@sha256:1", "dev", 501, 20, True, (("Dockerfile", b"FROM x\n\n"),), b"#!/bin/sh")
SERVICES = {
    "web": {
        "image": "parity-devcontainer/p-web:1",
        "labels": {"dev.parity.editor": "app@sha256:1"},
    },
    "db": {"image": "db@sha256:2"},
}


def test_the_image_below_is_production_s():
    assert base_of(SERVICES["web"]) == "app@sha256:1"
    assert base_of(SERVICES["db"]) == "db@sha256:2"
    assert base_of({}) == ""


@pytest.mark.parametrize(
    ("config", "lines"),
    [
        (
            {"User": "app", "WorkingDir": "/srv", "Entrypoint": ["a"], "Cmd": ['b "c"']},
            [
                "USER app",
                "WORKDIR /srv",
                'ENTRYPOINT ["/usr/local/bin/parity-service", "run", "a"]',
                'CMD ["b \\"c\\""]',
            ],
        ),
        (
            {"User": "", "WorkingDir": None, "Entrypoint": None, "Cmd": None},
            [
                "USER root",
                "WORKDIR /",
                'ENTRYPOINT ["/usr/local/bin/parity-service", "run"]',
                "CMD []",
            ],
        ),
    ],
)
def test_production_s_user_folder_and_command_come_back(config, lines):
    text = recipe(MADE, config).splitlines()
    assert text[0] == "FROM x"
    assert text[-4:] == lines


def test_the_account_has_the_numbers_of_the_folder_s_owner():
    assert "dev:x:501:20::/home/dev:" in recipe(MADE, {})


def test_the_context_has_the_recipe_and_the_keeper():
    with tarfile.open(fileobj=archive(MADE, "FROM y")) as tar:
        found = {one.name: tar.extractfile(one).read() for one in tar}
    assert found == {
        "Dockerfile": b"FROM x\n\n",
        ".parity-service": b"#!/bin/sh",
        "Dockerfile.parity": b"FROM y",
    }


class Engine:
    """An engine that builds what it is told to, on the layers it is told."""

    def __init__(self, *, built=(), layers=("l1", "l2"), rows=()):
        self.there = {"app@sha256:1": ("l1",), **dict.fromkeys(built, layers)}
        self.layers, self.rows, self.asked, self.removed = layers, rows, [], []
        self.api = self
        self.images = SimpleNamespace(list=self.listed, remove=self.removed.append)

    def inspect_image(self, name):
        from docker.errors import ImageNotFound

        if name not in self.there:
            raise ImageNotFound(name)
        return {"Config": {}, "RootFS": {"Layers": list(self.there[name])}}

    def listed(self, repository, filters):
        assert (repository, filters) == (
            "parity-devcontainer/p-web",
            {"label": "dev.parity.editor"},
        )
        return [
            SimpleNamespace(id=str(n), attrs={"Created": f"2026-01-0{n}"}) for n in (2, 1, 4, 3)
        ]

    def build(self, **options):
        self.asked.append(options)
        self.there[options["tag"]] = self.layers
        return iter(self.rows)

    def remove_image(self, name):
        self.removed.append(name)


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / ".devcontainer"
    folder.mkdir()
    (folder / "Dockerfile").write_text("ARG PRODUCTION\nFROM ${PRODUCTION}\n")

    def ensure(engine, table=None, services=SERVICES):
        session = SimpleNamespace(
            project=Project(devcontainer=table or DevcontainerTable("web")),
            paths=ProjectPaths(tmp_path),
            identity=Identity("p-1", "p", str(tmp_path)),
        )
        said = []
        ensure_image(engine, session, services, said.append)
        return said

    return ensure


def test_it_is_built_once_on_production_s_digest(run):
    engine = Engine()
    assert run(engine)[-1].state == "done"
    (asked,) = engine.asked
    assert asked["buildargs"] == {"PRODUCTION": "app@sha256:1"}
    assert asked["labels"]["dev.parity.editor"] == "app@sha256:1"
    assert engine.removed == ["1"]
    assert run(engine) == []
    assert len(engine.asked) == 1


@pytest.mark.parametrize(
    ("table", "services"),
    [(DevcontainerTable("db"), SERVICES), (DevcontainerTable("gone"), SERVICES)],
)
def test_a_service_without_an_editor_is_not_built(run, table, services):
    engine = Engine()
    assert run(engine, table, services) == []
    assert engine.asked == []


def test_a_recipe_that_fails_is_told_with_its_last_words(run):
    rows = [
        {"stream": "Step 4/9 : RUN x\n"},
        {"stream": "\x1b[91mE: x\x1b[0m"},
        {"stream": "\x1b[91m: not found\n\x1b[0m"},
        {"error": "code: 100"},
    ]
    with pytest.raises(StackError, match="cannot be built") as caught:
        run(Engine(rows=rows))
    assert caught.value.detail == "Step 4/9 : RUN x\nE: x: not found\ncode: 100"


def test_an_image_on_something_else_is_refused(run):
    engine = Engine(layers=("other", "l2"))
    with pytest.raises(ConfigError, match="does not stand on production's"):
        run(engine)
    assert engine.removed == ["parity-devcontainer/p-web:1"]
