"""Each value of a Compose document is found where it is written, in whatever form."""

import pytest

from parity.model.document import leaves, parse
from parity.sources import compose, compose_origins
from parity.sources.contract import Request

BASE = """\
x-env: &env
  COMMON: "1"
services:
  web:
    image: web:1
    environment:
      <<: *env
      OWN: own
    ports:
      - "127.0.0.1:8080:80"
      - target: 90
        published: "9090"
    volumes:
      - data:/data
      - ./conf:/etc/app:ro
    cap_add:
      - NET_ADMIN
      - SYS_TIME
    depends_on:
      - db
    env_file:
      - one.env
      - path: two.env
  db:
    extends:
      file: common.yaml
      service: base
    environment:
      - LISTED=5
      - "SPACED=a b"
volumes:
  data:
"""
OVER = """\
include:
  - extra.yaml
services:
  web:
    image: web:2
    cap_add: [SYS_PTRACE]
    environment:
      - OWN=other
"""
FILES = {
    "compose.yaml": BASE,
    "over.yaml": OVER,
    "extra.yaml": "services:\n  cache:\n    image: cache:1\n",
    "common.yaml": "services:\n  base:\n    image: db:1\n    stop_signal: SIGINT\n    env_file: base.env\n",
    "one.env": "A=1\nSHARED=1\n",
    "two.env": "\nexport SHARED=2\n# SHARED=3\nB=2\nCOMMON=0\n",
    "base.env": "FROM_BASE=1\n",
}


@pytest.fixture
def of(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    request = Request("prod", tmp_path, files=["compose.yaml", "over.yaml"])
    environment = compose.start(request).result()
    answer = lambda path: str(environment.origins.of(parse(path)))
    answer.document = environment.document
    answer.origins = environment.origins
    return answer


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("services.web.image", "over.yaml:5"),
        ("services.web.environment.OWN", "over.yaml:8"),
        ("services.web.environment.COMMON", "compose.yaml:2"),
        ("services.web.environment.A", "one.env:1"),
        ("services.web.environment.SHARED", "two.env:2"),
        ("services.web.environment.B", "two.env:4"),
        ("services.web.depends_on.db.condition", "compose.yaml:20"),
        ("services.db.image", "common.yaml:3"),
        ("services.db.stop_signal", "common.yaml:4"),
        ("services.db.environment.LISTED", "compose.yaml:29"),
        ("services.db.environment.SPACED", "compose.yaml:30"),
        ("services.db.environment.FROM_BASE", "base.env:1"),
        ("services.cache.image", "extra.yaml:3"),
        ("services.web.nothing.of_it", "over.yaml:4"),
        ("services.db", "compose.yaml:24"),
        ("networks.default.name", "compose.yaml"),
        ("volumes.data.name", "compose.yaml:32"),
    ],
)  # fmt: skip
def test_a_value_is_found_where_it_wins(of, path, place):
    assert of(path) == place


def test_entries_of_lists_are_found_by_what_they_are(of):
    web = of.document["services"]["web"]
    lines = {}
    for key in ("ports", "volumes", "cap_add"):
        for index, entry in enumerate(web[key]):
            name = entry if isinstance(entry, str) else entry["target"]
            lines[name] = of(f"services.web.{key}[{index}]")
    assert lines == {
        80: "compose.yaml:10", 90: "compose.yaml:11", "/data": "compose.yaml:14",
        "/etc/app": "compose.yaml:15", "NET_ADMIN": "compose.yaml:17", "SYS_TIME": "compose.yaml:18",
        "SYS_PTRACE": "over.yaml:6",
    }  # fmt: skip


def test_every_leaf_has_an_answer(of, tmp_path):
    for path, _ in leaves(of.document):
        origin = of.origins.of(path)
        text = (tmp_path / origin.file).read_text()
        assert 0 <= origin.line <= len(text.splitlines())


def test_nothing_is_read_before_it_is_asked_for(tmp_path, monkeypatch):
    (tmp_path / "compose.yaml").write_text("services: {a: {image: a}}\n")
    environment = compose.start(Request("prod", tmp_path)).result()
    reads = []
    real = compose_origins._nodes
    monkeypatch.setattr(compose_origins, "_nodes", lambda file: reads.append(file) or real(file))
    assert reads == []
    for _ in range(2):
        assert environment.origins.of(("services", "a", "image")).line == 1
    assert reads == [tmp_path / "compose.yaml"]


@pytest.mark.parametrize(
    "text",
    ["services: [", "a: &a {<<: *a}\nservices: *a", "", "[" * 5000, "\0", "include: [compose.yaml]",
     "services: {a: {extends: a}, b: {extends: {service: a, file: compose.yaml}}}"],
    ids=range(7),
)  # fmt: skip
def test_a_file_that_changed_since_gives_the_file_alone(tmp_path, text):
    file = tmp_path / "compose.yaml"
    file.write_text(text)
    origins = compose_origins.ComposeOrigins(tmp_path, [file], {})
    origin = origins.of(("services", "b", "image"))
    assert origin.file == "compose.yaml"
    assert origin.line in (0, 1, 2)


def test_no_file_has_no_origin(tmp_path):
    assert compose_origins.ComposeOrigins(tmp_path, [], {}).of(("services",)) is None
