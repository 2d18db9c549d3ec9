"""The project's key: from the environment or a private file, in no message."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from parity.errors import ConfigError
from parity.secrecy import keys

GIVEN = "0123456789abcdef" * 4


@pytest.fixture
def environ(tmp_path):
    return {"XDG_CONFIG_HOME": str(tmp_path)}


def test_there_is_none_at_first(environ, tmp_path):
    assert keys.find("shop", environ) is None
    assert list(tmp_path.iterdir()) == []


def test_it_is_made_once_and_found_again(environ, tmp_path):
    made = keys.find_or_create("shop", environ)
    assert made.created
    assert len(bytes.fromhex(made.value)) == 32
    file = Path(made.place)
    assert file == tmp_path / "parity" / "keys" / "shop"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = keys.find_or_create("shop", environ)
    assert (again.value, again.created) == (made.value, False)
    assert keys.find("shop", environ).value == made.value
    assert keys.find_or_create("other", environ).value != made.value


def test_the_variable_comes_first(environ):
    keys.find_or_create("shop", environ)
    found = keys.find("shop", {**environ, "PARITY_KEY": f" {GIVEN}\n"})
    assert (found.value, found.place) == (GIVEN, "PARITY_KEY")


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "..", "", "Ünïcode", "x" * 80])
def test_the_file_stays_in_its_folder(environ, tmp_path, name):
    assert keys.location(name, environ).parent == tmp_path / "parity" / "keys"
    assert keys.location(name, environ).name not in ("", ".", "..")


def test_spellings_of_a_project_have_one_key(environ):
    assert keys.location("My Shop", environ) == keys.location("my-shop", environ)


def test_a_relative_configuration_folder_is_not_used(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert keys.location("shop", {"XDG_CONFIG_HOME": "here"}).is_relative_to(tmp_path)


def test_a_weak_key_is_refused_without_being_told(environ):
    with pytest.raises(ConfigError, match="needs at least 32") as caught:
        keys.find("shop", {"PARITY_KEY": "swordfish-key"})
    assert "swordfish" not in str(vars(caught.value))
    assert caught.value.where == "PARITY_KEY"


def test_a_key_that_cannot_be_read_or_kept_is_told(environ, tmp_path):
    file = keys.location("shop", environ)
    file.mkdir(parents=True)
    with pytest.raises(ConfigError, match="cannot read the project's key") as caught:
        keys.find("shop", environ)
    assert caught.value.where == str(file)
    (tmp_path / "flat").write_text("")
    with pytest.raises(ConfigError, match="cannot (read|keep)"):
        keys.find_or_create("shop", {"XDG_CONFIG_HOME": str(tmp_path / "flat")})


def test_its_record_does_not_show_it(environ):
    assert keys.find_or_create("shop", environ).value not in repr(keys.find("shop", environ))


def test_two_that_begin_at_once_have_one_key(tmp_path):
    environ = {"XDG_CONFIG_HOME": str(tmp_path)}
    with ThreadPoolExecutor(8) as several:
        found = list(several.map(lambda _: keys.find_or_make("shop", environ), range(8)))
    assert len(set(found)) == 1
    assert found[0] == keys.location("shop", environ).read_text().strip()


def test_where_no_key_can_be_kept_there_is_none_and_a_bad_one_is_told(monkeypatch, tmp_path):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert keys.find_or_make("shop", {"XDG_CONFIG_HOME": str(tmp_path / "none")}) == ""
    with pytest.raises(ConfigError, match="at least 32"):
        keys.find_or_make("shop", {keys.VARIABLE: "short"})
