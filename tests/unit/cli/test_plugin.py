"""`docker parity`."""

import json
import sys

from parity.cli import main, plugin


def test_the_docker_cli_is_told_who_we_are(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["docker-parity", "docker-cli-plugin-metadata"])
    plugin.main()
    assert json.loads(capsys.readouterr().out)["SchemaVersion"] == "0.1.0"


def test_what_follows_the_plugins_name_is_parity_s(monkeypatch):
    seen = []
    monkeypatch.setattr(main, "main", lambda: seen.append(sys.argv[1:]))
    for argv in (["docker-parity", "parity", "up", "-d"], ["docker-parity", "up"]):
        monkeypatch.setattr(sys, "argv", argv)
        plugin.main()
    assert seen == [["up", "-d"], ["up"]]
