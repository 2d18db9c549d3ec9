"""Where a document's secrets are found, place by place, and what is no secret."""

import pytest

from parity.model.document import show
from parity.secrecy.copies import Copies
from parity.secrecy.find import Search


def found(tree, *known):
    search = Search(tree)
    rows = search.found(Copies({*search.secrets(), *known}))
    return {show(row.path): [row.value[s:e] for s, e, _ in row.spans] for row in rows}


def service(**body):
    return {"services": {"web": body}}


@pytest.mark.parametrize(
    ("body", "path", "secrets"),
    [
        ({"environment": {"DB_PASSWORD": "s3cr3t"}}, "environment.DB_PASSWORD", ["s3cr3t"]),
        ({"environment": {"PASSWORD_2": "s3cr3t"}}, "environment.PASSWORD_2", ["s3cr3t"]),
        ({"environment": {"U": "x://u:s3cr3t@h"}}, "environment.U", ["s3cr3t"]),
        ({"environment": ["DB_PASSWORD=s3 cr3t"]}, "environment[0]", ["s3 cr3t"]),
        ({"environment": ["U=x://u:s3cr3t@h"]}, "environment[0]", ["s3cr3t"]),
        ({"command": ["x", "--password", "s3 cr3t"]}, "command[2]", ["s3 cr3t"]),
        ({"command": ["redis-cli", "-a", "s3cr3t"]}, "command[2]", ["s3cr3t"]),
        ({"command": ["x", "--token=s3cr3t"]}, "command[1]", ["s3cr3t"]),
        ({"entrypoint": ["sh", "-c", "PASS=s3cr3t x"]}, "entrypoint[2]", ["s3cr3t"]),
        ({"healthcheck": {"test": ["CMD", "curl", "-u", "a:s3cr3t", "x"]}}, "healthcheck.test[3]", ["s3cr3t"]),
        ({"labels": {"a.auth.token": "s3cr3t"}}, 'labels["a.auth.token"]', ["s3cr3t"]),
        ({"annotations": {"token": "s3cr3t"}}, "annotations.token", ["s3cr3t"]),
        ({"build": {"args": {"NPM_TOKEN": "s3cr3t"}}}, "build.args.NPM_TOKEN", ["s3cr3t"]),
        ({"build": {"context": "https://u:s3cr3t@git.example/x"}}, "build.context", ["s3cr3t"]),
        ({"logging": {"options": {"splunk-token": "s3cr3t"}}}, "logging.options.splunk-token", ["s3cr3t"]),
        ({"x-more": {"deep": [{"password": "s3cr3t"}]}}, "x-more.deep[0].password", ["s3cr3t"]),
        ({"x-passwords": ["s3cr3t"]}, "x-passwords[0]", ["s3cr3t"]),
        ({"x-env": [{"name": "DB_PASSWORD", "value": "s3cr3t"}]}, "x-env[0].value", ["s3cr3t"]),
        ({"x-pin": {"password": 314159}}, "x-pin.password", ["314159"]),
        ({"volumes": [{"target": "/run/secrets/x", "x-content": "abc"}]}, "volumes[0].x-content", ["abc"]),
        ({"volumes": [{"source": "/srv/.pgpass", "x-content": "a"}]}, "volumes[0].x-content", ["a"]),
        ({"volumes": [{"target": "/etc/x.ini", "x-content": "u=1\npassword=s3cr3t\n"}]},
         "volumes[0].x-content", ["s3cr3t"]),
    ],
)  # fmt: skip
def test_in_a_service(body, path, secrets):
    assert found(service(**body)) == {f"services.web.{path}": secrets}


@pytest.mark.parametrize(
    ("tree", "path", "secrets"),
    [
        ({"configs": {"a": {"content": "password = s3cr3t\n"}}}, "configs.a.content", ["s3cr3t"]),
        ({"configs": {"db_password": {"content": "s3cr3t"}}}, "configs.db_password.content", ["s3cr3t"]),
        ({"secrets": {"x": {"content": "anything"}}}, "secrets.x.content", ["anything"]),
        ({"volumes": {"d": {"driver_opts": {"o": "username=u,password=s3cr3t"}}}},
         "volumes.d.driver_opts.o", ["s3cr3t"]),
        ({"x-top": {"DB_PASSWORD": "s3cr3t"}}, "x-top.DB_PASSWORD", ["s3cr3t"]),
    ],
)  # fmt: skip
def test_outside_services(tree, path, secrets):
    assert found(tree) == {path: secrets}


@pytest.mark.parametrize(
    "body",
    [
        {"image": "registry.example.com/team/app@sha256:" + "0a" * 32},
        {"environment": {"TZ": "Europe/Berlin", "DEBUG": "true", "PORT": "8080", "EMPTY": ""}},
        {"environment": {"DB_PASSWORD_FILE": "/run/secrets/db_password"}},
        {"environment": {"DB_PASSWORD": ""}},
        {"environment": {"DB_PASSWORD": None}},
        {"environment": {"DATABASE_URL": "postgres://app@db:5432/x"}},
        {"environment": {"COMMIT": "a" * 40, "ID": "123e4567-e89b-12d3-a456-426614174000"}},
        {"command": ["serve", "--port", "8000", "--user", "1000:1000", "--password-file", "/x"]},
        {"command": ["sh", "-c", 'exec x --password "$DB_PASSWORD"']},
        {"healthcheck": {"test": ["CMD-SHELL", "pg_isready -U app -d app"], "interval": "5s"}},
        {"labels": {"traefik.http.routers.web.rule": "Host(`shop.example`)"}},
        {"secrets": [{"source": "db_password", "target": "/run/secrets/db_password"}]},
        {"depends_on": {"password-service": {"condition": "service_healthy"}}},
        {"networks": {"secret": {"aliases": ["token"]}}},
        {"ports": [{"target": 80, "published": "8080", "protocol": "tcp"}]},
        {"volumes": [{"type": "bind", "source": "/srv/password", "target": "/etc/passwd"}]},
        {"x-password": {"length": 12}, "x-token": True, "x-secret": 5},
    ],
)
def test_left_alone(body):
    assert found(service(**body)) == {}


def test_references_are_found_with_their_names():
    tree = service(
        environment={
            "A": "${secret:db}",
            "B": "x ${secret:a} y ${secret:b}",
            "PASSWORD": "${secret:c}",
        }
    )
    spans = {
        row.path[-1]: [name for *_, name in row.spans] for row in Search(tree).found(Copies(()))
    }
    assert spans == {"A": ["db"], "B": ["a", "b"], "PASSWORD": ["c"]}


def test_copies_are_found_wherever_they_stand():
    secret = "kX9!vQz3LmPw7"
    tree = {
        "services": {
            "a": {"environment": {"DB_PASSWORD": secret}, "image": secret},
            "b": {
                "command": ["x", f"--y={secret}"],
                "labels": {"l": f"is {secret}."},
                "environment": {"U": f"x://u:{secret}@h/{secret}"},
            },
        },
        "x-any": [secret],
    }
    rows = found(tree)
    assert rows == {
        "services.a.environment.DB_PASSWORD": [secret],
        "services.a.image": [secret],
        "services.b.command[1]": [secret],
        "services.b.labels.l": [secret],
        "services.b.environment.U": [secret, secret],
        "x-any[0]": [secret],
    }


def test_known_values_are_secret_wherever_they_stand():
    assert found(service(command=["x", "kX9!vQz3LmPw7"]), "kX9!vQz3LmPw7") == {
        "services.web.command[1]": ["kX9!vQz3LmPw7"]
    }
    assert found(service(command=["x", "kX9!vQz3LmPw7"])) == {}


def test_a_plain_word_as_a_password_hides_nothing_else():
    tree = service(
        image="postgres", hostname="postgres", command=["postgres", "-c", "x=postgres"],
        environment={"POSTGRES_PASSWORD": "postgres", "POSTGRES_DB": "postgres"},
    )  # fmt: skip
    assert found(tree) == {"services.web.environment.POSTGRES_PASSWORD": ["postgres"]}


def test_masked_texts_keep_their_length():
    row = Search(service(environment={"U": "x://u:s3cr3t@h"})).found(Copies(()))[0]
    assert len(row.masked()) == len(row.value)
    assert "s3cr3t" not in row.masked()
    assert not row.whole


def test_what_is_hidden_already_is_left():
    from parity.model.hidden import Concealed, Hidden

    hidden = Hidden("alnum", 8)
    tree = service(environment={"DB_PASSWORD": hidden, "U": Concealed("x://u:•••@h", (hidden,))})
    assert found(tree) == {}


def test_names_of_columns_and_settings_of_a_database_are_no_names_of_secrets():
    def facts(**database):
        return service(**{"x-parity": {"facts": {"database": database}}})

    tree = facts(
        settings={"password_encryption": "scram-sha-256"},
        schema={"users": {"password_hash": "text not null"}, "tokens": {"token": "text"}},
        tables={"secrets": "unlogged"},
    )
    assert found(tree) == {}
    default = "text default 'ghp_0123456789abcdefghijABCDEFGHIJ012345'"
    assert list(found(facts(schema={"users": {"x": default}})))
