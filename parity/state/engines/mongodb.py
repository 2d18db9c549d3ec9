"""MongoDB."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from parity.state.engines import reading
from parity.state.engines.contract import Check, Command, DataEngine
from parity.state.engines.shell import login, script, setting

_HOME = "/data/db"
_ASK = """\
ask() { if command -v mongosh >/dev/null; then mongosh "$@"; else mongo "$@"; fi; }
ask --quiet $PORT --eval "$ASKED" 2>&1
"""
_AS_ROOT = """\
PARITY_USER="$(found MONGO_INITDB_ROOT_USERNAME MONGODB_ROOT_USER)"
PARITY_PASSWORD="$(found MONGO_INITDB_ROOT_PASSWORD MONGODB_ROOT_PASSWORD)"
export PARITY_USER PARITY_PASSWORD
command -v mongosh >/dev/null || { echo "there is no mongosh in the image"; exit 75; }
mongosh --quiet $PORT --eval "$ASKED" 2>&1
"""
# The password is read from the environment, so that it is in no list of processes.
_LOGIN = """
if (process.env.PARITY_PASSWORD) {
  const user = process.env.PARITY_USER || 'root';
  db.getSiblingDB('admin').auth(user, process.env.PARITY_PASSWORD);
}
"""
_FSYNC = _LOGIN + "quit(db.adminCommand({fsync: 1}).ok ? 0 : 1);"
_VALIDATE = (
    _LOGIN
    + """
let listed;
try { listed = db.adminCommand({listDatabases: 1, nameOnly: true}).databases; }
catch (error) { print('nobody can log in: ' + error.message); quit(75); }
let wrong = 0;
for (const one of listed) {
  const inside = db.getSiblingDB(one.name);
  for (const kind of inside.getCollectionInfos({type: 'collection'})) {
    const said = inside.runCommand({validate: kind.name, full: true});
    if (!said.ok || !said.valid) {
      wrong += 1;
      print(one.name + '.' + kind.name + ': ' + (said.errmsg || said.errors.join('; ')));
    }
  }
}
quit(wrong ? 1 : 0);
"""
)


def _asked(text: str, asked: str, attrs: Mapping[str, Any]) -> Command:
    port = reading.option(reading.command(attrs), "--port") or ""
    given = {"ASKED": asked, "PORT": f"--port {int(port)}" if port.isdigit() else ""}
    return script(text, given)


def _url(host: str, port: int, environment: Mapping[str, str]) -> str:
    user = setting(environment, "MONGO_INITDB_ROOT_USERNAME", "MONGODB_ROOT_USER")
    password = setting(environment, "MONGO_INITDB_ROOT_PASSWORD", "MONGODB_ROOT_PASSWORD")
    database = quote(setting(environment, "MONGO_INITDB_DATABASE", "MONGODB_DATABASE"), safe="")
    source = "?authSource=admin" if user else ""
    return f"mongodb://{login(user, password)}{host}:{port}/{database}{source}"


def _ready(attrs: Mapping[str, Any]) -> Command:
    return _asked(_ASK, "quit(db.adminCommand({ping: 1}).ok ? 0 : 1)", attrs)


def _before_pause(attrs: Mapping[str, Any]) -> Command:
    return _asked(_AS_ROOT, _FSYNC, attrs)


def _checks(attrs: Mapping[str, Any]) -> tuple[Check, ...]:
    return (Check("every collection passes a full validate", _asked(_AS_ROOT, _VALIDATE, attrs)),)


def _folder(attrs: Mapping[str, Any]) -> str:
    given = reading.option(reading.command(attrs), "--dbpath")
    return given or (_HOME if reading.declares(attrs, _HOME) else "")


ENGINE = DataEngine(
    name="mongodb",
    title="MongoDB",
    port=27017,
    variable="MONGODB_URL",
    programs=("mongod",),
    images=("mongo", "mongodb", "mongodb-community-server", "percona-server-mongodb"),
    markers=("MONGO_VERSION", "MONGO_MAJOR", "MONGODB_VOLUME_DIR"),
    url=_url,
    ready=_ready,
    says=r"Waiting for connections",
    stop_signal="SIGTERM",
    folder=_folder,
    before_pause=_before_pause,
    checks=_checks,
    keep=("hostname",),
    quirks="The journal reaches the disk every 100 ms; parity has it written (fsync) after the "
    "clients are paused. A replica set of one node keeps its host's name in its configuration.",
)
