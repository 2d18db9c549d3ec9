"""Stand-ins: of production's shape, stable per stack, in a 0600 file alone."""

import json
import re
import stat
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.errors import ConfigError
from parity.model.project import SecretTable
from parity.stack.secrets import Shape, Vault, names_in, reference, variable


@pytest.fixture
def vault(tmp_path):
    return lambda declared=None, stack="shop", key="", folder=".parity": Vault(
        tmp_path / folder / "secrets.json", stack, declared or {}, key
    )


@pytest.mark.parametrize(
    ("value", "pattern"),
    [
        ("Hunter-42!", r"[A-Z][a-z]{5}-\d\d!"),
        ("0f3a", r"\d[a-z]\d[a-z]"),
        ("ünï", r"[a-z]{3}"),
        ("a'b\"c$d\\e", r"[a-z]-[a-z]-[a-z]-[a-z]-[a-z]"),
        ("", ""),
    ],
)
def test_a_stand_in_has_the_shape_of_the_value_and_no_awkward_characters(value, pattern):
    assert re.fullmatch(pattern, Shape.of(value).make())


@given(st.text(max_size=60))
def test_a_stand_in_is_as_long_as_the_value_and_is_safe_in_single_quotes(value):
    made = Shape.of(value).make()
    assert len(made) == len(value)
    assert not set(made) & set("'\"\\$` \n")


@pytest.mark.parametrize(
    ("characters", "pattern"),
    [
        ("alnum", r"[A-Za-z0-9]{40}"),
        ("hex", r"[0-9a-f]{40}"),
        ("digits", r"\d{40}"),
        ("base64", r"[A-Za-z0-9+/]{40}"),
        ("printable", r"[!-~]{40}"),
    ],
)
def test_declared_stand_ins_are_of_their_class(vault, characters, pattern):
    kept = vault({"a": SecretTable(40, characters)})
    assert re.fullmatch(pattern, kept.reveal(kept.ensure("a")))


def test_a_stand_in_stays_the_same_until_its_shape_changes(vault):
    first = vault({"a": SecretTable(10)})
    value = first.reveal(first.ensure("a"))
    first.save()
    again = vault({"a": SecretTable(10)})
    assert again.reveal(again.ensure("a")) == value
    longer = vault({"a": SecretTable(12)})
    assert len(longer.reveal(longer.ensure("a"))) == 12


def test_stacks_have_values_of_their_own_and_keep_each_others(vault):
    one, two = vault(stack="one"), vault(stack="two")
    one.ensure("a")
    two.ensure("a")
    one.save()
    two.save()
    assert vault(stack="one").reveal("${secret:a}") == one.reveal("${secret:a}")
    assert one.reveal("${secret:a}") != two.reveal("${secret:a}")


KEY = "k" * 64


def test_with_the_projects_key_they_are_the_same_wherever_they_are_made(vault):
    tables = {"a": SecretTable(24), "b": SecretTable(24), "c": SecretTable(24, "hex")}
    one, two = vault(tables, key=KEY), vault(tables, "other", KEY, "elsewhere")
    other = vault(tables, "third", "another key" * 4, "third")
    values = []
    for kept in (one, two, other):
        for name in reversed(tables):
            kept.ensure(name)
        kept.ensure("seen", Shape.of("Hunter-42!"))
        values.append(kept.values([*tables, "seen"]))
    assert values[0] == values[1] != values[2]
    assert len(set(values[0].values())) == 4, "each name has its own"
    assert re.fullmatch(r"[0-9a-f]{24}", values[0]["c"])
    assert re.fullmatch(r"[A-Z][a-z]{5}-\d\d!", values[0]["seen"])


def test_what_was_made_before_stays(vault):
    first = vault({"a": SecretTable(10)})
    value = first.reveal(first.ensure("a"))
    first.save()
    again = vault({"a": SecretTable(10)}, key=KEY)
    assert again.reveal(again.ensure("a")) == value


@given(st.text(max_size=60))
def test_a_seed_gives_the_same_value_of_the_same_form(value):
    shape = Shape.of(value)
    made = shape.make(b"seed")
    assert made == shape.make(b"seed")
    assert len(made) == len(value)
    assert not set(made) & set("'\"\\$` \n")
    assert Shape.of(made) == shape


def test_writers_of_two_stacks_at_once_lose_nothing(vault, monkeypatch):
    from parity.stack import secrets

    one, two = vault(stack="one"), vault(stack="two")
    one.ensure("a")
    two.ensure("a")
    load, slow = secrets._load, threading.Event()

    def loaded(file):
        found = load(file)
        slow.wait(0.2)  # the other one would write now
        return found

    monkeypatch.setattr(secrets, "_load", loaded)
    writers = [threading.Thread(target=each.save) for each in (one, two)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    for name, kept in (("one", one), ("two", two)):
        assert vault(stack=name).values(["a"]) == kept.values(["a"])


def test_only_the_user_may_read_the_file(vault, tmp_path):
    kept = vault()
    kept.ensure("a")
    kept.save()
    file = tmp_path / ".parity" / "secrets.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_templates_are_composed_of_values_of_templates_too(vault):
    kept = vault(
        {"db": SecretTable(8), "user": "app:${secret:db}", "url": "pg://${secret:user}@db/${X}"}
    )
    assert kept.ensure("url") == "pg://app:${secret:db}@db/${X}"
    value = kept.reveal(reference("url"))
    assert re.fullmatch(r"pg://app:\w{8}@db/\$\{X\}", value)
    assert kept.reveal("${secret:db}") in value


@pytest.mark.parametrize(
    "templates",
    [
        {"a": "${secret:a}"},
        {"a": "x${secret:b}", "b": "${secret:a}y"},
        {"a": "${secret:b}", "b": "${secret:c}", "c": "${secret:d}${secret:b}"},
    ],
    ids=["itself", "each other", "farther down"],
)
def test_a_template_that_refers_to_itself_is_refused(vault, templates):
    with pytest.raises(ConfigError, match="composed of itself") as caught:
        vault(templates)
    assert "[secrets]" in caught.value.next_step


def test_a_template_used_twice_is_no_circle(vault):
    kept = vault({"a": "${secret:c}", "b": "${secret:c}", "all": "${secret:a}${secret:b}"})
    assert kept.reveal("${secret:all}") == kept.reveal("${secret:c}") * 2


@pytest.mark.parametrize(
    "text",
    [
        "", "{", "[]", "{}", "null", "5", '"x"', '{"stacks": []}', '{"stacks": {"shop": 5}}',
        '{"stacks": {"shop": {"a": "x"}}}', '{"stacks": {"shop": {"a": {"value": "x"}}}}',
        "[" * 100000,
    ],
    ids=range(12),
)  # fmt: skip
def test_a_damaged_file_is_told_and_kept(vault, tmp_path, text):
    file = tmp_path / ".parity" / "secrets.json"
    file.parent.mkdir()
    file.write_text(text)
    with pytest.raises(ConfigError, match="damaged") as caught:
        vault()
    assert "delete it" in caught.value.next_step
    assert file.read_text() == text


def test_a_file_that_is_no_text_is_told(vault, tmp_path):
    file = tmp_path / ".parity" / "secrets.json"
    file.parent.mkdir()
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="damaged"):
        vault()


def test_made_values_are_kept_and_recognised(vault):
    kept = vault()
    assert not kept.has("tls", shape="certificate")
    assert kept.put("tls", "PEM", shape="certificate") == "${secret:tls}"
    assert kept.has("tls", shape="certificate")
    assert kept.values(["tls"]) == {"tls": "PEM"}
    assert kept.reveal(kept.ensure("tls")) == "PEM"


@given(st.lists(st.text(min_size=1, max_size=6), min_size=2, max_size=5, unique=True))
def test_no_two_secrets_share_a_variable(names):
    assert len(set(map(variable, names))) == len(names)
    assert all(re.fullmatch(r"\w+", variable(name)) for name in names)


def test_references_are_read_back():
    text = f"{reference('a')} ${{b}} {reference('c.d')}"
    assert names_in(text) == ("a", "c.d")


def test_the_file_holds_one_row_a_secret(vault, tmp_path):
    kept = vault({"a": SecretTable(4)})
    kept.ensure("a")
    kept.ensure("b", Shape.of("Ab1"))
    kept.save()
    tree = json.loads((tmp_path / ".parity" / "secrets.json").read_text())
    assert {k: v["shape"] for k, v in tree["stacks"]["shop"].items()} == {
        "a": "alnum:4",
        "b": "Aa9",
    }
