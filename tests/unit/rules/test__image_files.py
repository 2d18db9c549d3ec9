"""Configuration files of images count where nothing is mounted over them."""

import pytest

from parity.diff.settings import flatten
from parity.diff.view import Service
from parity.rules import proxy_nginx
from parity.rules._image_files import image_contents, image_files, image_settings
from parity.rules._servers import MYSQL, POSTGRES, RABBITMQ, REDIS, contents

NGINX = "/etc/nginx/conf.d/default.conf"


def service(config, **more):
    document = {"image": "x:1", "x-parity": {"facts": {"files": {"config": config}}}, **more}
    return Service("web", flatten(document), document)


def test_files_by_their_paths():
    one = service({NGINX: {"content": "gzip on;\n"}, "/etc/my.cnf": {"mysqld": {"port": "1"}}})
    assert set(image_files(one)) == {NGINX, "/etc/my.cnf"}
    assert list(image_contents(one, "nginx")) == [
        ("gzip on;\n", ("files", "config", NGINX, "content"))
    ]
    (setting,) = image_settings(one, r"\.cnf$")
    assert (setting.above, setting.name, setting.value) == (("mysqld",), "port", "1")


@pytest.mark.parametrize("target", [NGINX, "/etc/nginx/conf.d/", "/etc/nginx", "/etc"])
def test_what_is_mounted_hides_what_is_below(target):
    mount = {"type": "bind", "source": "/x", "target": target}
    assert image_files(service({NGINX: {"content": "a;"}}, volumes=[mount])) == {}
    mount["target"] = "/etc/nginx/conf"
    assert image_files(service({NGINX: {"content": "a;"}}, volumes=[mount])) != {}


def test_nginx_is_read_from_the_image_and_from_mounts():
    mount = {
        "type": "bind", "source": "./a", "target": "/etc/nginx/conf.d/a.conf",
        "x-content": "server { listen 80; proxy_read_timeout 5m; }",
    }  # fmt: skip
    one = service({"/etc/nginx/nginx.conf": {"content": "http {\nproxy_buffering off;\n}\n"}})
    assert proxy_nginx.effective(one, "proxy_buffering") == ("off",)
    both = service({"/etc/nginx/nginx.conf": {"content": "gzip on;\n"}}, volumes=[mount])
    assert proxy_nginx.effective(both, "gzip") == ("on",)
    assert proxy_nginx.effective(both, "proxy_read_timeout") == ("300s",)
    assert [path[0] for _, path in contents(both, "nginx")] == ["files", "volumes"]


def test_servers_are_told_by_their_files():
    mysql = service(
        {"/etc/mysql/conf.d/a.cnf": {"mysqld": {"max_connections": "7"}, "client": {"port": "1"}}}
    )
    assert {name: given.value for name, given in MYSQL.read(mysql).items()} == {
        "max-connections": "7"
    }
    rabbit = service({"/etc/rabbitmq/rabbitmq.conf": {"heartbeat": "30"}})
    assert RABBITMQ.read(rabbit)["heartbeat"].value == "30"


@pytest.mark.parametrize(
    ("server", "file", "told", "name"),
    [
        (REDIS, "/etc/redis/redis.conf", {"maxmemory-policy": "allkeys-lru"}, "maxmemory-policy"),
        (POSTGRES, "/etc/postgresql/postgresql.conf", {"max_connections": "7"}, "max_connections"),
    ],
)
def test_those_that_must_be_named_count_only_then(server, file, told, name):
    assert name not in server.read(service({file: told}))
    assert name in server.read(service({file: told}, command=["x", "-c", f"config_file={file}"]))
