"""Node's packages: those that a project or the system has itself."""

import pytest

from parity.probes.contract import File, Files
from parity.probes.packages_node import read, version, wants


def file(data=b""):
    return File(0o644, len(data), data=data)


def test_scopes_stores_and_what_is_nested():
    one = file(b'{"name": "x", "version": "1.2.3"}')
    files = {
        "/app/node_modules/express/package.json": one,
        "/app/node_modules/@types/node/package.json": one,
        "/app/node_modules/express/node_modules/debug/package.json": one,
        "/app/node_modules/.pnpm/zod@3.22.0/node_modules/zod/package.json": file(
            b'{"version": "3.22.0"}'
        ),
        "/app/node_modules/.bin/package.json": one,
        "/app/package.json": one,
    }
    assert read({}, files).values == {
        "node": {"express": "1.2.3", "@types/node": "1.2.3", "zod": "3.22.0"}
    }


@pytest.mark.parametrize(
    "data", [b"", b"[]", b'{"version": {"a": 1}}', b"[" * 100_000, b'{"version": 3}', b"\xff"]
)
def test_rubbish_has_no_version(data):
    assert version(data) == ""


def test_what_was_cut_is_unread():
    files = Files()
    files.cut = {wants({}).walk[1]: "more than 5000 files"}
    assert read({}, files).unread == {"node": "more than 5000 files"}
