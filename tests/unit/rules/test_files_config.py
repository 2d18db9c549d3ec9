"""What the tables of cases do not show: messages, and that better rules speak where they can."""

from parity.model.setting import Layer
from scripts.lib.cases import environment, judge

READ = frozenset({Layer.DECLARED, Layer.FILESYSTEM})
NGINX = "/etc/nginx/nginx.conf"


def report(catalogue, left, right, **more):
    def one(name, config):
        files = {"libc": "glibc", "config": config}
        return environment(name, {"x-parity": {"facts": {"files": files}}, **more}, layers=READ)

    return judge(one("local", left), one("production", right), catalogue)


def nginx(text):
    return {NGINX: {"content": f"http {{\n{text}\n}}\n"}}


def test_directives_of_nginx_in_images_have_their_rules(catalogue):
    found = report(catalogue, nginx("proxy_buffering off;"), nginx("gzip off;")).findings
    assert [one.rule for one in found] == ["PX007"]
    assert "proxy_buffering off in local and on in production" in found[0].message
    (place, _) = found[0].places
    assert (place.left, place.right) == ("off", "on")


def test_others_are_named(catalogue):
    both = [nginx(f"add_header X-{n} 1;\nworker_connections {n};") for n in "12"]
    (found,) = report(catalogue, *both).findings
    assert "in add_header, worker_connections" in found.message


def test_a_server_is_compared_by_what_its_files_in_the_image_say(catalogue):
    both = [
        {"/etc/mysql/my.cnf": {"mysqld": {"sql_mode": mode}}} for mode in ("ANSI", "TRADITIONAL")
    ]
    found = report(catalogue, *both, image="mysql:8.0").findings
    assert found[0].rule.startswith("MY")
    assert found[0].setting.endswith(".mysqld.sql_mode")


def test_a_secret_in_a_file_is_shown_by_nothing(catalogue):
    both = [
        {
            "/app/application.properties": {
                "spring.datasource.password": f"{n}-h0rse-staple-91",
                "server.port": n,
            }
        }
        for n in ("8080", "8081")
    ]
    found = report(catalogue, *both)
    assert [one.setting for one in found.findings] == [
        'services.web.files.config["/app/application.properties"]["server.port"]'
    ]
    assert "h0rse" not in repr(found)
