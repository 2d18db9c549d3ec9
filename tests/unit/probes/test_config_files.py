"""Configuration files where servers and applications look for them."""

from parity.probes.config_files import read, wants
from parity.probes.contract import File, Files

CONFIG = {"working_dir": "/app"}


def file(data=b"", **more):
    return File(0o644, len(data), data=data, **more)


def test_each_is_read_in_its_form():
    files = {
        "/etc/nginx/conf.d/default.conf": file(b"server { listen 80; }\n"),
        "/usr/local/etc/php/php.ini": file(b"memory_limit = 512M\n"),
        "/etc/mysql/mariadb.conf.d/50-server.cnf": file(b"[mysqld]\nmax_connections = 7\n"),
        "/app/application.properties": file(b"server.port=8080\n"),
        "/app/config/application-prod.yml": file(b"server: {port: 8081}\n"),
        "/app/appsettings.json": file(b'{"Logging": {"Level": "Debug"}}'),
        "/app/.env": file(b"FLAGS=staging\n"),
        "/app/other.yml": file(b"a: 1\n"),
        "/etc/nsswitch.conf": file(b"hosts: files dns\n"),
    }
    assert read(CONFIG, files).values == {
        "config": {
            "/app/.env": {"FLAGS": "staging"},
            "/app/application.properties": {"server.port": "8080"},
            "/app/appsettings.json": {"Logging": {"Level": "Debug"}},
            "/app/config/application-prod.yml": {"server": {"port": 8081}},
            "/etc/mysql/mariadb.conf.d/50-server.cnf": {"mysqld": {"max_connections": "7"}},
            "/etc/nginx/conf.d/default.conf": {"content": "server { listen 80; }\n"},
            "/etc/nsswitch.conf": {"hosts": "files dns"},
            "/usr/local/etc/php/php.ini": {"memory_limit": "512M"},
        }
    }


def test_what_a_link_leads_to_is_read_where_the_link_is():
    files = {
        "/etc/nginx/sites-available/shop": file(b"server { listen 81; }\n"),
        "/etc/nginx/sites-available/unused": file(b"server { listen 82; }\n"),
        "/etc/nginx/sites-enabled/shop": file(target="/etc/nginx/sites-available/shop"),
        "/etc/nginx/sites-enabled/gone": file(target="/nowhere"),
        "/etc/nginx/sites-enabled/ring": file(target="/etc/nginx/sites-enabled/ring"),
    }
    assert read({}, files).values == {
        "config": {"/etc/nginx/sites-enabled/shop": {"content": "server { listen 81; }\n"}}
    }


def test_one_that_is_not_of_its_form_says_so():
    found = read(CONFIG, {"/app/config.json": file(b"{"), "/app/config.yml": file(b"a: 1")})
    assert found.values["config"] == {
        "/app/config.json": {"unreadable": "it is not JSON"},
        "/app/config.yml": {"a": 1},
    }


def test_hostile_names_and_sizes_are_left_out():
    files = {
        "/etc/nginx/conf.d/\x1b[2J.conf": file(b"a;"),
        "/etc/nginx/nginx.conf": file(b"a;\n" * 100_000),
        **{f"/etc/nginx/conf.d/{n}.conf": file(b"a;") for n in range(100)},
    }
    assert len(read({}, files).values["config"]) == 60


def test_what_was_cut_is_unread():
    files = Files()
    files.cut = {"/etc/nginx/nginx.conf": "too many"}
    assert read({}, files).unread == {"config": "too many"}


def test_below_the_root_nothing_is_asked_for():
    assert not any(pattern.endswith("/.env") for pattern in wants({"working_dir": "/"}).walk)
    assert "/app/.env" in wants(CONFIG).walk
