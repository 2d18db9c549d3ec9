"""Forms of configuration files, and what is none."""

import contextlib

import pytest

from parity.probes import config_formats as forms


def test_lines_without_comments_and_indentation():
    text = "# all\nhttp {\n    gzip\t on;  # yes\n\n}\n"
    assert forms.lines(text) == {"content": "http {\ngzip on; # yes\n}\n"}
    assert forms.lines("# only\n") == {}


def test_php():
    text = (
        "[PHP]\nmemory_limit = 512M ; enough\n;upload_max_filesize = 2M\n"
        'date.timezone = "Europe/Budapest"\n[www]\npm = dynamic\nextension=intl\nextension=gd\n'
    )
    assert forms.php(text) == {
        "memory_limit": "512M",
        "date.timezone": "Europe/Budapest",
        "www": {"pm": "dynamic", "extension": ["intl", "gd"]},
    }


def test_ini_and_openssl():
    text = "!includedir /etc/mysql/conf.d/\n[mysqld]\nmax_connections=200\nskip-name-resolve\n[empty]\n"
    assert forms.ini(text) == {"mysqld": {"max_connections": "200", "skip-name-resolve": "on"}}
    text = "openssl_conf = openssl_init\n[req]\nx=1\n[system_default_sect]\nMinProtocol = TLSv1.2\n"
    assert forms.openssl(text) == {
        "openssl_conf": "openssl_init",
        "system_default_sect": {"MinProtocol": "TLSv1.2"},
    }


def test_postgres():
    text = "listen_addresses = '*'  # all\nmax_connections 200\nport = 5432 # x\nport = 5433\n"
    assert forms.postgres(text) == {
        "listen_addresses": "*",
        "max_connections": "200",
        "port": "5433",
    }


def test_redis():
    text = 'maxmemory 100mb\nsave 900 1\nsave 300 10\nrequirepass "a b"\nbad "open\n'
    assert forms.redis(text) == {
        "maxmemory": "100mb", "save": ["900 1", "300 10"], "requirepass": "a b", "bad": '"open',
    }  # fmt: skip


def test_other_lines():
    assert forms.assignments("a.b = 1\n# c = 2\nnone\n") == {"a.b": "1"}
    assert forms.limits("*  soft nofile 1024\n# x\nshort\n") == {"* soft nofile": "1024"}
    assert forms.colons("hosts:  files   dns\n") == {"hosts": "files dns"}
    assert forms.dotenv('A="x y"\nexport B=$A\nC\n') == {"A": "x y", "B": "$A", "C": ""}


def test_properties():
    text = "! c\nserver.port: 8080\na=1\\\n  2\nspace value here\nesc\\:aped=x\na=3\n"
    assert forms.properties(text) == {
        "server.port": "8080", "a": "3", "space": "value here", "esc:aped": "x",
    }  # fmt: skip


def test_trees():
    assert forms.as_json('\ufeff{"a": {"b": [1, true]}, "n": null, "l": [{"x": 1}]}') == {
        "a": {"b": ["1", "True"]},
        "l": {"0": {"x": 1}},
    }
    assert forms.toml("[a]\nb = 2024-01-02\n") == {"a": {"b": "2024-01-02"}}
    assert forms.yaml("a: 1\n---\nb: 2\n") == {"document 1": {"a": 1}, "document 2": {"b": 2}}
    assert forms.yaml("- a\n") == {}


BOMB = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(20)
)


MERGED = "a: &a {k: 1}\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} {{<<: [{', '.join(['*' + chr(97 + n)] * 9)}]}}\n"
    for n in range(20)
)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        (forms.as_json, "{"), (forms.as_json, "[" * 100_000), (forms.yaml, "a: [b\n"), (forms.yaml, "\0"),
        (forms.yaml, BOMB), (forms.yaml, MERGED), (forms.toml, "= 1"), (forms.yaml, "? {a: b}\n: c\n? [x]\n: !!python/object:os.x {}\n"),
        (forms.assignments, "\n".join(f"k{n}=1" for n in range(9000))),
        (forms.as_json, '{"a": ' * 50 + "1" + "}" * 50), (forms.as_json, "[" + "1" * 5000 + "]"),
    ],
)  # fmt: skip
def test_what_is_not_of_its_form_is_told_or_nothing(form, text):
    with contextlib.suppress(forms.NotReadable):
        assert form(text) in ({}, {"a": "a number"})


@pytest.mark.parametrize(
    "form",
    [forms.lines, forms.php, forms.ini, forms.postgres, forms.redis, forms.assignments, forms.properties,
     forms.limits, forms.colons, forms.dotenv, forms.openssl],
)  # fmt: skip
@pytest.mark.parametrize(
    "text",
    ["", "\0\x1b[2J=\x07\n", "[", "[a\n=\n", "=" * 9000, "a" * 90_000, "[x]\ny=1\n[y]\nx\nx=2\n"],
)
def test_rubbish_raises_nothing_and_moves_no_cursor(form, text):
    assert "\x1b" not in str(form(text))


def test_a_long_value_is_told_by_its_length_and_differs():
    one, two = (forms.assignments("a=" + "x" * 2000 + end)["a"] for end in "12")
    assert one != two
    assert one.startswith("2001 characters, sha256 ")
