"""What the tables of cases do not show: why texts sort differently."""

from parity.model.setting import Layer
from scripts.lib.cases import environment, judge

READ = frozenset({Layer.DECLARED, Layer.FILESYSTEM, Layer.DATABASE})


def side(name, libc, sort):
    database = {"engine": "postgres", "collation": {"name": "en_US.utf8", "sort": sort}}
    body = {"x-parity": {"facts": {"database": database, "files": {"libc": libc}}}}
    return environment(name, body, layers=READ)


def test_the_libraries_are_named_and_the_order_comes_first(catalogue):
    report = judge(side("local", "glibc", "a A b"), side("production", "musl", "A a b"), catalogue)
    first, second = report.findings
    assert (first.rule, second.rule) == ("DB007", "IF001")
    assert first.message.endswith(
        "though both call it `en_US.utf8`: the images have glibc and musl"
    )


def test_what_one_side_lacks_is_named(answered):
    left = {"engine": "postgres", "extensions": {"a": "1", "b": "1"}}
    (finding,) = answered(left, {"engine": "postgres", "extensions": {"c": "1"}}).findings
    assert "`c` is missing in local, `a`, `b` are missing in production" in finding.message
