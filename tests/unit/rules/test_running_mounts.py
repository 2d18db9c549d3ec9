"""What is said of volumes."""

from parity.model.setting import Layer
from scripts.lib.cases import environment, judge

READ = frozenset({Layer.DECLARED, Layer.RUNNING})


def told(catalogue, left, right):
    mount = [{"type": "volume", "source": "data", "target": "/data"}]
    sides = [
        environment(
            name,
            {"volumes": mount, "x-parity": {"facts": {"running": {"mounts": {"/data": facts}}}}},
            layers=READ,
        )
        for name, facts in (("local", left), ("production", right))
    ]
    return judge(*sides, catalogue).findings


def test_the_owner_of_the_side_that_may_not_write_is_named(catalogue):
    (finding,) = told(
        catalogue, {"owner": "1000:1000", "writable": True}, {"owner": "0:0", "writable": False}
    )
    assert finding.message == (
        "process 1 may write to /data in local and not in production, where it belongs to 0:0"
    )


def test_many_files_are_counted(catalogue):
    files = [f"/data/{n}.js" for n in range(5)]
    (finding,) = told(
        catalogue, {"writable": True}, {"writable": True, "differs-from-image": files}
    )
    assert finding.message.endswith("/data/0.js, /data/1.js, /data/2.js and 2 more")
