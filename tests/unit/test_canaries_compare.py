"""Two hundred planted secrets of a production appear in no snapshot and in no report about it."""

import base64
import json
import random
import string
from urllib.parse import quote

import pytest
import yaml

from parity.cli.reports import ReportFormat
from scripts.lib.paths import ROOT

SHOP = ROOT / "compose" / "shop"
LEAST = 200
TOML = """\
[project]
name = "shop"
[environments.prod]
files = ["compose.yaml"]
env-files = ["prod.env"]
[environments.staging]
files = ["staging/compose.yaml"]
env-files = ["staging/prod.env"]
[environments.cluster]
source = "kubernetes"
files = ["k8s"]
[secrets]
DB_PASSWORD = {}
VAULTED = {}
"""


class Planter:
    """Makes secrets of many shapes and remembers them; the same ones for the same seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.planted = []

    def text(self, alphabet, length):
        made = "".join(self.random.choice(alphabet) for _ in range(length))
        self.planted.append(made)
        return made

    def weak(self):
        """Nothing but the name tells that it is one."""
        return self.text(string.ascii_lowercase, 14)

    def alnum(self, length=20):
        return self.text(string.ascii_letters + string.digits, length)

    def hex(self):
        return self.text("0123456789abcdef", 32)

    def odd(self):
        return self.text(string.ascii_letters + string.digits + "!%*+.^_~", 18)

    def random_looking(self):
        """Nothing but its form tells that it is one."""
        return self.token("", 40)

    def token(self, prefix, length=36):
        while True:
            made = "".join(
                self.random.choice(string.ascii_letters + string.digits) for _ in range(length)
            )
            if any(c.isdigit() for c in made) and made.lower() != made != made.upper():
                self.planted.append(prefix + made)
                return prefix + made


NAMES = (
    "DB_PASSWORD_REPLICA", "POSTGRES_PASSWORD", "MAIL_PASS", "SECRET_KEY", "DJANGO_SECRET_KEY", "API_KEY",
    "STRIPE_APIKEY", "GITHUB_TOKEN", "accessToken", "AWS_SECRET_ACCESS_KEY", "SESSION_COOKIE", "JWT_SIGNING_KEY",
    "ENCRYPTION_KEY", "HASH_SALT", "PASSWORD_PEPPER", "CLIENT_SECRET", "clientSecret", "smtp.password",
    "GF_SECURITY_ADMIN_PASSWORD", "MYSQL_ROOT_PASSWORD",
)  # fmt: skip
SERVICES = ("web", "worker", "migrate", "db", "cache", "queue", "proxy")


def plant(folder, seed):
    """Write a variation of the shop with secrets wherever people put them."""
    p = Planter(seed)
    tree = yaml.safe_load((SHOP / "compose.yaml").read_text())
    services = tree["services"]
    for name in SERVICES:
        services[name]["image"] = f"registry.example/shop/{name}:1"
        services[name].setdefault("environment", {})
    _environment(p, services)
    _commands(p, services)
    _everything_else(p, services)
    _configs(p, tree, folder)
    tree["x-admin"] = {"login": {"password": p.weak()}, "keys": [f"API_TOKEN={p.weak()}"]}
    tree["volumes"]["shares"] = {
        "driver_opts": {"type": "cifs", "o": f"username=u,password={p.odd()}"}
    }
    services["db"]["volumes"].append("shares:/shares")
    (folder / "env").mkdir(parents=True, exist_ok=True)
    _files(p, services, folder)
    (folder / "compose.yaml").write_text(yaml.safe_dump(tree))
    return p.planted


def _environment(p, services):
    for index, name in enumerate(NAMES * 3):
        service = services[SERVICES[index % len(SERVICES)]]
        make = (p.weak, p.alnum, p.hex, p.odd)[index % 4]
        service["environment"][name if index < len(NAMES) else f"{name}_{index}"] = make()
    urls = {
        "CELERY_URL": f"amqp://shop:{p.alnum()}@queue:5672/shop",
        "MIRRORS": f"http://a:{p.weak()}@one.example,http://b:{p.weak()}@two.example",
        "DSN": f"host=db user=shop password={p.weak()} sslmode=require",
        "ODBC": f"Server=db;User Id=sa;Password={p.alnum()};Encrypt=yes",
        "BLOB": f"DefaultEndpointsProtocol=https;AccountName=x;AccountKey={p.token('', 86)}==",
        "REDIS": f"redis://:{quote(p.odd(), safe='')}@cache:6379/0",
        "HOOK": f"https://x.example/hook?sig={p.alnum()}&a=1",
        "JSON": json.dumps({"user": "shop", "password": p.odd()}),
        "HEADER": f"Authorization: Bearer {p.alnum(30)}",
        "TOKENS": f"one={p.token('ghp_')} two={p.token('glpat-', 20)}",
        "PLAIN_ONE": p.random_looking(),
        "PLAIN_TWO": p.token("sk_live_", 24),
        "PLAIN_THREE": p.token("AIza", 35),
        "PLAIN_FOUR": p.token("npm_", 36),
        "FROM_SHELL": "${SHELL_PASSWORD}",
        "DECLARED": "x-${VAULTED}-y",
        "PEM": f"-----BEGIN PRIVATE KEY-----\n{p.alnum(64)}\n-----END PRIVATE KEY-----\n",
        "NEWLINE_PASSWORD": p.alnum() + "\n",
        "QUOTED_PASSWORD": f'"{p.alnum()}"',
    }
    for index, (name, value) in enumerate(urls.items()):
        services[SERVICES[index % 3]]["environment"][name] = (
            value.replace("$", "$$") if ("$" in value and "${" not in value) else value
        )
    # Copies, as they are and encoded.
    known = p.alnum(24)
    services["web"]["environment"] |= {
        "CACHE_PASSWORD": known,
        "COPY": f"see {known}.",
        "BASIC": base64.b64encode(f"shop:{known}".encode()).decode(),
        "ENCODED": base64.b64encode(known.encode()).decode(),
    }


def _commands(p, services):
    services["web"]["command"] = [
        "serve", "--password", p.weak(), f"--api-key={p.alnum()}", "--db.password", f"{p.weak()} {p.weak()}",
        f"--url=postgres://shop:{p.alnum()}@db/x", f"SECRET_KEY={p.odd()}",
    ]  # fmt: skip
    services["cache"]["command"] = [
        "redis-server",
        "--requirepass",
        p.weak(),
        "--masterauth",
        p.weak(),
    ]
    services["worker"]["command"] = [
        "sh",
        "-c",
        f"PGPASSWORD={p.weak()} psql; export API_TOKEN='{p.weak()}'; run",
    ]
    services["migrate"]["entrypoint"] = [
        "sh",
        "-c",
        f"mysql -u root -p{p.alnum()} < x; sshpass -p {p.weak()} ssh y",
    ]
    tests = {
        "web": ["CMD", "curl", "-u", f"probe:{p.weak()}", "http://127.0.0.1/"],
        "cache": ["CMD", "redis-cli", "-a", p.alnum(), "ping"],
        "db": ["CMD-SHELL", f"mysqladmin ping -p{p.alnum()}"],
        "worker": ["CMD-SHELL", f"curl -H 'Authorization: Bearer {p.alnum(30)}' x"],
        "queue": ["CMD-SHELL", f"wget --header='X-Api-Key: {p.alnum()}' x"],
    }
    for name, test in tests.items():
        services[name]["healthcheck"] = {"test": test}


def _everything_else(p, services):
    for index, name in enumerate(SERVICES):
        services[name]["labels"] = {
            f"app.{index}.auth.token": p.weak(),
            "traefik.http.middlewares.a.basicauth.users": f"me:$$apr1$${p.alnum(8)}$${p.alnum(22)}",
            "hook": f"https://u:{p.alnum()}@hooks.example/{index}",
        }
        services[name]["annotations"] = {
            f"vendor.{index}/api-key": p.alnum(),
            "note": f"password={p.weak()}",
        }
        services[name]["logging"] = {
            "driver": "splunk",
            "options": {
                "splunk-token": p.hex(),
                "splunk-url": f"https://x:{p.weak()}@logs.example",
            },
        }
        services[name]["build"] = {
            "context": ".",
            "args": {"NPM_TOKEN": p.alnum(), "INDEX": f"https://u:{p.weak()}@index.example/simple"},
        }
        services[name]["x-vendor"] = {"deep": [{"name": "DB_PASSWORD", "value": p.weak()}]}
        services[name]["deploy"] = {"labels": {"deploy.token": p.alnum()}}


def _configs(p, tree, folder):
    contents = {
        "ini": f"user = shop\npassword = {p.weak()} {p.weak()}\nurl = x://u:{p.alnum()}@h\n",
        "yml": f"smtp:\n  user: a\n  password: '{p.odd()}'\n  token: {p.alnum()}\n",
        "json": json.dumps({"a": {"clientSecret": p.alnum(), "api_key": p.hex()}}, indent=2),
        "xml": f"<c><password>{p.weak()}</password><user>x</user></c>",
        "redis": f"requirepass {p.weak()}\nuser default on >{p.weak()} ~* +@all\n",
        "sql": f"CREATE USER x WITH PASSWORD '{p.odd()}';\nALTER USER y IDENTIFIED BY '{p.weak()}';\n",
        "pgpass": f"db:5432:*:shop:{p.weak()}\n",
        "netrc": f"machine x login me password {p.weak()}\n",
        "pem": f"ssl on;\n-----BEGIN RSA PRIVATE KEY-----\n{p.alnum(64)}\n-----END RSA PRIVATE KEY-----\n",
        "db_password": p.weak(),
    }
    for name, text in contents.items():
        tree["configs"][name] = {"content": text}
    tree["configs"]["nginx_conf"] = {"file": "./nginx.conf"}
    tree["configs"]["rabbitmq_config"] = {"file": "./app.ini"}
    folder.mkdir(parents=True, exist_ok=True)
    nginx = (SHOP / "nginx" / "nginx.conf").read_text()
    (folder / "nginx.conf").write_text(
        f'{nginx}\nproxy_set_header Authorization "Basic {p.token("", 24)}=";\n'
    )
    (folder / "app.ini").write_text(f"[x]\nsecret_key: {p.odd()}\n")
    tree["services"]["proxy"]["configs"] = [
        {"source": name, "target": f"/etc/x/{name}"}
        for name in [*contents, "nginx_conf", "rabbitmq_config"]
    ]


def _files(p, services, folder):
    (folder / "env" / "app.env").write_text("".join(f"{name}={p.alnum()}\n" for name in NAMES))
    (folder / "env" / "web.env").write_text(
        f"WEB_TOKEN={p.hex()}\nWEB_URL=http://u:{p.alnum()}@x\nPASSWORD_2={p.weak()}\nPLAIN={p.random_looking()}\n"
    )
    (folder / "env" / "queue.env").write_text(
        f"RABBITMQ_ERLANG_COOKIE={p.alnum()}\nRABBITMQ_DEFAULT_PASS={p.weak()}\n"
    )
    (folder / "prod.env").write_text(
        f"SHELL_PASSWORD={p.alnum()}\nVAULTED={p.alnum()}\nDB_PASSWORD={p.alnum()}\n"
    )
    (folder / "secrets").mkdir(exist_ok=True)
    for name in ("session_key", "tls_key", ".pgpass", "deploy.key"):
        (folder / "secrets" / name).write_text(p.alnum(40))
    (folder / "settings.conf").write_text(f"password={p.weak()}\n")
    services["db"]["volumes"] += [
        "./secrets/session_key:/run/secrets/session_key", "./secrets/.pgpass:/srv/worker/.pgpass",
        "./secrets/deploy.key:/etc/deploy.key", "./settings.conf:/etc/settings.conf",
    ]  # fmt: skip


def manifests(p):
    """The same kinds of places in Kubernetes."""
    encoded = {
        name: base64.b64encode(p.alnum().encode()).decode() for name in ("password", "url-token")
    }
    container = {
        "name": "web",
        "image": "registry.example/web:1",
        "args": ["--password", p.weak(), f"--url=x://u:{p.alnum()}@h"],
        "env": [
            {"name": "API_TOKEN", "value": p.weak()},
            {"name": "URL", "value": f"postgres://u:{p.alnum()}@db/x"},
            {"name": "FROM", "valueFrom": {"secretKeyRef": {"name": "db", "key": "password"}}},
            {"name": "COMPOSED", "value": "x://u:$(FROM)@h"},
        ],
        "envFrom": [{"secretRef": {"name": "more"}}, {"configMapRef": {"name": "map"}}],
        "volumeMounts": [
            {"name": "files", "mountPath": "/etc/files"},
            {"name": "map", "mountPath": "/etc/map"},
        ],
        "livenessProbe": {
            "httpGet": {
                "path": "/",
                "port": 80,
                "httpHeaders": [{"name": "Authorization", "value": f"Bearer {p.alnum(30)}"}],
            }
        },
    }
    return [
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "db"}, "data": encoded},
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "more"}, "stringData": {"MORE": p.weak(), "ODD": p.odd()}},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "map"},
         "data": {"SMTP_PASSWORD": p.weak(), "app.ini": f"password = {p.weak()}\n"}},
        {"apiVersion": "apps/v1", "kind": "Deployment",
         "metadata": {"name": "web", "annotations": {"vendor/api-key": p.alnum()}},
         "spec": {"selector": {"matchLabels": {"a": "b"}}, "template": {
             "metadata": {"labels": {"a": "b"}, "annotations": {"token": p.weak()}},
             "spec": {"containers": [container], "volumes": [
                 {"name": "files", "secret": {"secretName": "more"}},
                 {"name": "map", "configMap": {"name": "map"}}]}}}},
    ]  # fmt: skip


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Folder of a project with three productions, and everything that is planted in them."""
    root = tmp_path_factory.mktemp("shop")
    (root / "parity.toml").write_text(TOML)
    planted = plant(root, 1) + plant(root / "staging", 2)
    cluster = Planter(3)
    (root / "k8s").mkdir()
    documents = manifests(cluster)
    (root / "k8s" / "all.yaml").write_text("---\n".join(map(yaml.safe_dump, documents)))
    return root, [*planted, *cluster.planted]


@pytest.fixture(autouse=True)
def key(monkeypatch):
    monkeypatch.setenv("PARITY_KEY", "0f1e2d3c" * 8)
    for name in ("SHELL_PASSWORD", "VAULTED", "DB_PASSWORD"):
        monkeypatch.delenv(name, raising=False)


def leaked(planted, text):
    """The planted values that a text holds, in any writing a reader could take back."""
    assert "0f1e2d3c0f1e2d3c" not in text, "the key"
    found = []
    for value in planted:
        forms = {value, quote(value, safe=""), json.dumps(value)[1:-1], value.strip()}
        forms.add(base64.b64encode(value.encode()).decode().rstrip("="))
        found += [form for form in forms if form in text]
    return found


def environment(root, name):
    from parity.actions.environments import read_for_comparison
    from parity.config.load import load
    from parity.paths import ProjectPaths

    paths = ProjectPaths(root)
    return read_for_comparison(paths, load(paths), name).result()


def test_there_are_enough_of_them(shop):
    root, planted = shop
    assert len(planted) == len(set(planted))
    assert len(plant(root / "again", 1)) >= LEAST
    read = json.dumps(environment(root, "prod").document)
    seen = [value for value in plant(root / "again", 1) if json.dumps(value)[1:-1] in read]
    assert len(seen) >= LEAST, "the definition does not even reach what is tested"


@pytest.mark.parametrize("name", ["prod", "staging", "cluster"])
def test_no_snapshot_holds_one(shop, cli, name):
    root, planted = shop
    code, out, err = cli("capture", name, "-o", "-", directory=root)
    assert code == 0, err
    assert json.loads(out)["name"] == name
    assert leaked(planted, out) == []
    assert leaked(planted, err) == []


@pytest.mark.parametrize(
    ("left", "right"), [("prod", "staging"), ("prod", "cluster"), ("prod", "prod")]
)
def test_no_concealed_record_holds_one(shop, left, right):
    from parity.secrecy.conceal import conceal

    root, planted = shop
    sides = conceal(environment(root, left), environment(root, right), key="0f1e2d3c" * 8)
    for side in sides:
        for text in (
            repr(side),
            str(side),
            repr(vars(side)),
            json.dumps(side.document, default=str),
        ):
            assert leaked(planted, text) == []


@pytest.mark.parametrize("form", [form.value for form in ReportFormat])
@pytest.mark.parametrize("right", ["staging", "cluster", "snapshot"])
def test_no_report_holds_one(shop, cli, form, right):
    root, planted = shop
    if right == "snapshot":
        right = str(root / "staging.json")
        assert cli("capture", "staging", "-o", right, directory=root)[0] == 0
    code, out, err = cli("diff", "prod", right, "--format", form, "--all", directory=root)
    assert code in (0, 1), err
    assert len(out) > 500
    assert leaked(planted, out) == []
    assert leaked(planted, err) == []


def test_no_record_of_a_report_holds_one(shop):
    from parity.actions.diff import diff
    from parity.actions.diff_request import DiffRequest
    from parity.config.load import load
    from parity.model.progress import silent
    from parity.paths import ProjectPaths

    root, planted = shop
    paths = ProjectPaths(root)
    report = diff(paths, load(paths), DiffRequest("prod", "staging"), silent)
    assert report.findings or report.folded
    assert leaked(planted, repr(report) + str(report)) == []


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text.replace("services:", "services:\n  - broken", 1),
        lambda text: text + "\n\tx: y\n",
        lambda text: text[: len(text) // 2] + "\n  : : :",
        lambda text: text.replace("image:", "imagee:", 1),
        lambda text: text.replace("healthcheck:", "healthcheck: 5\n    x:", 1),
        lambda text: text.replace("labels:", "labels: [1, {a: b}]\n    y:", 1),
    ],
)
@pytest.mark.parametrize("verb", [("capture", "prod", "-o", "-"), ("diff", "prod", "staging")])
def test_no_refusal_quotes_one(shop, cli, damage, verb, tmp_path):
    root, planted = shop
    text = (root / "compose.yaml").read_text()
    try:
        (root / "compose.yaml").write_text(damage(text))
        code, out, err = cli(*verb, directory=root)
    finally:
        (root / "compose.yaml").write_text(text)
    assert code in (0, 1, 2)
    assert leaked(planted, out + err) == []


def test_what_is_no_secret_is_still_there(shop, cli):
    root, _ = shop
    out = cli("capture", "prod", "-o", "-", directory=root)[1]
    services = json.loads(out)["document"]["services"]
    web = services["web"]
    assert web["environment"]["TZ"] == "Europe/Berlin"
    assert services["worker"]["environment"]["MIRRORS"]["$concealed"]["text"] == (
        "http://a:•••@one.example,http://b:•••@two.example"
    )
    assert web["command"][0:2] == ["serve", "--password"]
    assert web["environment"][
        "NEWLINE_PASSWORD" if "NEWLINE_PASSWORD" in web["environment"] else "TZ"
    ]
