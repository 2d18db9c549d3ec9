"""parity.toml: what is wrong is told with file, line and the nearest name, whatever it is."""

import tomllib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from parity.config import load
from parity.config.build import build
from parity.errors import ConfigError
from parity.model.project import Project, SecretTable
from parity.paths import ProjectPaths

FULL = """\
[project]
name = "shop"
[environments.prod]
files = ["compose.yaml"]
env-files = ["prod.env"]
profiles = ["live"]
[local]
environment = "prod"
max-replicas = 3
[[local.override]]
path = "services.web.environment.DEBUG"
value = { a = [1, 2] }
reason = "why"
[secrets]
db = { length = 20, characters = "hex" }
url = "postgres://${secret:db}@db"
[stand-ins."db.prod.example.com"]
service = "db"
[certificates.site]
names = ["shop.example"]
certificate = "c"
key = "k"
[egress]
allow = ["api.example.com:443"]
[[waivers]]
rule = "PG001"
setting = "x"
reason = "y"
expires = 2030-01-01
"""


@pytest.fixture
def read(tmp_path):
    def write_and_load(text):
        content = text if isinstance(text, bytes) else text.encode()
        (tmp_path / "parity.toml").write_bytes(content)
        return load.load(ProjectPaths(tmp_path))

    return write_and_load


def test_everything_that_can_be_said_is_read(read):
    project = read(FULL)
    assert project.environments["prod"].env_files == ("prod.env",)
    assert project.local.override[0].value == {"a": [1, 2]}
    assert project.secrets["db"] == SecretTable(20, "hex")
    assert project.secrets["url"] == "postgres://${secret:db}@db"
    assert project.stand_ins["db.prod.example.com"].service == "db"
    assert project.waivers[0].expires == date(2030, 1, 1)


def test_all_forms_of_an_allowed_host_are_read(read):
    allow = ("a.example", "a.example:443", "*.b.example:443", "10.0.0.1:22", "[2001:db8::1]:22")
    assert read(f"[egress]\nallow = {list(allow)}\n").egress.allow == allow


def test_a_nameless_project_is_named_after_its_folder(read, tmp_path):
    named = ProjectPaths(tmp_path / "My Shop!")
    named.root.mkdir()
    named.config.write_text("")
    assert load.load(named).project.name == "my-shop"


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("[project]\nnam = 'x'\n", 2, "unknown key `project.nam`", "`name`"),
        ("\n[locals]\n", 2, "unknown key `locals`", "`local`"),
        ("[local]\n\nmax_replicas = 2\n", 3, "unknown key `local.max_replicas`", "`max-replicas`"),
        ("[environments.prod]\nfile = []\n", 2, "unknown key `environments.prod.file`", "`files`"),
        ("[stand-ins.'a.b']\nservise = 'x'\n", 2, "unknown key", "`service`"),
        ("[secrets]\ndb = { lenght = 3 }\n", 2, "unknown key `secrets.db.lenght`", "`length`"),
        ("[[local.override]]\npath='a'\nreason='b'\nvalu=1\n", 4, "unknown key", "`value`"),
        ("[egress]\nxyzzy = 1\n", 2, "unknown key `egress.xyzzy`", "known here: allow"),
        ("[local]\nmax-replicas = 'many'\n", 2, "`local.max-replicas`", "max-replicas = 2"),
        ("[local]\nmax-replicas = 0\n", 2, "`local.max-replicas` is 0", "1 to"),
        ("[secrets]\na = { length = 0 }\n", 2, "`secrets.a.length` is 0", "1 to"),
        ("[secrets]\na = { length = 999999999 }\n", 2, "`secrets.a.length`", "1 to"),
        (
            "[environments.prod]\nfiles = 'k8s'\n",
            2,
            "a list is wanted",
            'write a list: files = ["k8s"]',
        ),
        (
            "[environments.prod]\nsource = 'nomad'\n",
            2,
            "`environments.prod.source`",
            "`compose`, `swarm`",
        ),
        ("[environments]\nprod = 3\n", 2, "`environments.prod`", "[environments.prod]"),
        ("[secrets]\ndb = 3\n", 2, "`secrets.db`", "write a table"),
        ("project = 1\n", 1, "`project`", "[project]"),
        ("[waivers]\nrule = 'a'\n", 1, "`waivers` is a table", "[[waivers]] in place of"),
        (
            "[rules]\nEN001 = 'fatal'\n",
            2,
            'the text "fatal"',
            "`error`, `warning`, `info` or `off`",
        ),
        ("[stand-ins.'a.b']\nreason = 'x'\n", 1, "`stand-ins.a.b.service` is missing", "service ="),
        ("[environments.prod]\n[local]\nenvironment = 'prd'\n", 3, "no environment", "`prod`"),
        ("[local]\nenvironment = 'prod'\n", 2, "no environment", "none"),
        ("[egress]\nallow = ['https://a.example/x']\n", 2, "is no host", "`a.example`"),
        ("[egress]\nallow = [\n  'a.example',\n  'b c',\n]\n", 4, "`b c`", "`host:port`"),
        ("[egress]\nallow = ['a.example:0']\n", 2, "is no host", "`host:port`"),
        ("[egress]\nallow = ['10.0.0.0/8']\n", 2, "is no host", "`10.0.0.0`"),
        ("[egress]\nallow = ['']\n", 2, "is no host", "`host:port`"),
        ("[project\n", 1, "is not TOML", "mend"),
        ("[project]\nname = 'x\n", 2, "is not TOML", "mend"),
        ("[project]\nname = 'x'\nname = 'y'\n", 3, "is not TOML", "mend"),
    ],
)
def test_what_is_wrong_has_its_line_and_a_hint(read, tmp_path, text, line, message, hint):
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert caught.value.where == f"{tmp_path / 'parity.toml'}:{line}"
    assert message in caught.value.message
    assert hint in caught.value.next_step


@pytest.mark.parametrize(
    "text",
    ["a = " + "[" * 5000, "a = " + "1" * 5000, b"\xff\xfe", b"a = '\x00'", "a." * 3000 + "b = 1"],
    ids=["deep", "long number", "no text", "zero byte", "deep key"],
)
def test_hostile_text_is_a_configuration_error(read, text):
    with pytest.raises(ConfigError):
        read(text)


def test_a_missing_file_says_how_to_get_one(tmp_path):
    with pytest.raises(ConfigError, match="no parity.toml") as caught:
        load.locate(tmp_path)
    assert "parity init" in caught.value.next_step
    with pytest.raises(ConfigError, match="no such folder"):
        load.locate(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="cannot read"):
        load.load(ProjectPaths(tmp_path))


def test_a_project_is_found_from_below(tmp_path):
    (tmp_path / "parity.toml").touch()
    (tmp_path / "deep").mkdir()
    assert load.locate(tmp_path / "deep").root == tmp_path


@pytest.mark.parametrize("text", [FULL, "[local]\nmax-replicas = '3'\n", "[environments.a]\n", ""])
def test_the_second_reading_says_what_the_first_said(read, tmp_path, text):
    (tmp_path / ".parity").mkdir()
    first = read(text)
    assert read(text) == first


def test_a_mended_file_is_looked_at_again(read, tmp_path):
    (tmp_path / ".parity").mkdir()
    read("[local]\nmax-replicas = 1\n")
    with pytest.raises(ConfigError):
        read("[local]\nmax-replica = 1\n")


def test_reading_makes_no_folder(read, tmp_path):
    read(FULL)
    assert [file.name for file in tmp_path.iterdir()] == ["parity.toml"]


def load_text(factory, content):
    folder = factory.getbasetemp() / "fuzz"
    folder.mkdir(exist_ok=True)
    (folder / "parity.toml").write_bytes(content)
    try:
        load.load(ProjectPaths(folder))
    except ConfigError as error:
        assert error.where
        assert error.message


@given(st.binary(max_size=60))
@limits(max_examples=15)
def test_random_bytes_are_read_or_refused(tmp_path_factory, content):
    load_text(tmp_path_factory, content)


WORDS = [
    "{}",
    "[]",
    "''",
    "3",
    "-1",
    "true",
    "1e400",
    "nan",
    "1979-05-27",
    "[[1]]",
    "'\\u0000'",
    "{a=1}",
]


@given(st.data())
@limits(max_examples=20)
def test_a_mutated_file_is_read_or_refused(tmp_path_factory, data):
    lines = FULL.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        number = data.draw(st.integers(0, len(lines) - 1))
        key, equals, _ = lines[number].partition("=")
        change = data.draw(st.sampled_from(["drop", "twice", "value", "cut"]))
        if change == "drop":
            lines[number] = ""
        elif change == "twice":
            lines.insert(number, lines[number])
        elif change == "value" and equals:
            lines[number] = f"{key}= {data.draw(st.sampled_from(WORDS))}"
        else:
            lines[number] = lines[number][: data.draw(st.integers(0, len(lines[number])))]
    load_text(tmp_path_factory, "\n".join(lines).encode())


def test_building_without_the_validator_gives_what_the_validator_gives(tmp_path):
    tree = tomllib.loads(FULL)
    file = tmp_path / "parity.toml"
    assert build(Project, tree) == load.validate(tree, text=FULL, file=file)


def test_a_bind_address_that_is_none_has_its_line(read):
    with pytest.raises(ConfigError, match="no IPv4 address") as caught:
        read('[local]\nbind-address = "everywhere"\n')
    assert caught.value.where.endswith(":2")
