"""What `parity demo` plays with: a copy of the reference stack, or where that is not, a small one of public images."""

import hashlib
import re
import shutil
from pathlib import Path

from parity.errors import UsageError
from parity.paths import CONFIG_NAME, LOCK_NAME, write

SHOP = Path("stacks/shop")
_DEFINITION = Path("compose/shop")
_KEPT = re.compile(
    r"\[(?:environments\.prod|local|secrets|certificates\..*|stand-ins\..*|egress)\]\s"
)
STATE = "demo"
LINES = 30000

_CACHE = "[redis-server, --maxmemory, 64mb, --maxmemory-policy, %s, --tcp-keepalive, '60']"
_LAPTOP = f"""\
# What a laptop changes in production's definition. Somebody tried this and forgot it.
services:
  cache:
    command: {_CACHE % "noeviction"}
"""
_TESTS = """\
\"\"\"Two tests, each on a database of its own from the state `demo`.\"\"\"

import pytest

pytestmark = pytest.mark.parity(services=["db"])
COUNT = "SELECT count(*) FROM order_lines"


def ask(services, query):
    code, said = services["db"].exec(["psql", "-U", "shop", "-Atqc", query])
    assert code == 0, said.decode()
    return said.decode().strip()


def test_a_test_may_delete_everything(parity_services):
    ask(parity_services, "DELETE FROM order_lines")
    assert ask(parity_services, COUNT) == "0"


def test_the_next_one_has_all_of_it_again(parity_services):
    assert ask(parity_services, COUNT) == "30000"
"""
_SMALL = f"""\
services:
  cache:
    image: ${{DEMO_CACHE_IMAGE:-redis:7-alpine}}
    command: {_CACHE % "allkeys-lru"}
    healthcheck: {{test: [CMD, redis-cli, ping], interval: 5s}}
  db:
    image: ${{DEMO_DB_IMAGE:-postgres:16-alpine}}
    command: [postgres, -c, timezone=Europe/Berlin]
    environment:
      POSTGRES_USER: shop
      POSTGRES_DB: shop
      POSTGRES_PASSWORD_FILE: /run/secrets/db_password
    secrets: [db_password]
    volumes: [db-data:/var/lib/postgresql/data]
    ports: ["5432:5432"]
    healthcheck: {{test: [CMD, pg_isready, -U, shop, -h, 127.0.0.1], interval: 5s, retries: 15}}
secrets:
  db_password: {{file: /etc/shop/db_password}}
volumes:
  db-data: {{}}
"""
_SMALL_CONFIG = """\
[environments.prod]
files = ["compose/compose.yaml"]

[secrets]
db_password = { length = 32 }

"""


def find_shop(*starts: Path) -> Path | None:
    """The checkout with the reference stack at or above one of the folders."""
    for start in starts:
        for folder in (start.resolve(), *start.resolve().parents):
            if (folder / SHOP / CONFIG_NAME).is_file() and (folder / _DEFINITION).is_dir():
                return folder
    return None


def lay_out(folder: Path, checkout: Path | None) -> None:
    """Write the project of the demo; nothing of the checkout is touched."""
    try:
        (folder / "tests").mkdir(parents=True)
    except OSError as error:
        raise UsageError(
            f"cannot make {folder / 'tests'}: {error.strerror}",
            next_step="XDG_CACHE_HOME names another folder",
        ) from error
    if checkout is None:
        (folder / "compose").mkdir()
        write(folder / "compose" / "compose.yaml", _SMALL)
        body, env_files = _SMALL_CONFIG, ""
    else:
        shutil.copytree(checkout / _DEFINITION, folder / "compose")
        lock = checkout / SHOP / LOCK_NAME
        if lock.is_file():
            shutil.copyfile(lock, folder / LOCK_NAME)
        body = _shop_config((checkout / SHOP / CONFIG_NAME).read_text(encoding="utf-8"))
        env_files = 'env-files = ["compose/prod.env"]\n'
    write(folder / "laptop.yaml", _LAPTOP)
    write(folder / "tests" / "test_orders.py", _TESTS)
    write(folder / CONFIG_NAME, _head(folder) + body + _DEV + env_files)


def _head(folder: Path) -> str:
    # States belong to a project: somebody else's demo on the same engine is another one.
    mark = hashlib.sha256(str(folder).encode()).hexdigest()[:4]
    return f'[project]\nname = "demo-{mark}"\n\n[check]\ncompare = ["dev", "prod"]\n\n'


_DEV = """
[environments.dev]
files = ["compose/compose.yaml", "laptop.yaml"]
"""


def _shop_config(text: str) -> str:
    """The shop's own parity.toml, without other notations and without its start states."""
    blocks = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
    kept = "".join(block for block in blocks if _KEPT.match(block))
    return kept.replace("../../compose/shop", "compose")
