"""One file, mounted by different means."""

from parity.diff.compare import compare
from parity.model.environment import Environment

TARGET = "/etc/app.conf"


def environment(service, source="compose", **top):
    return Environment(
        source, source, (), {"services": {"web": {"image": "a:1", **service}}, **top}
    )


def config(content):
    return environment(
        {"configs": [{"source": "c", "target": TARGET}]}, configs={"c": {"content": content}}
    )


def bound(content=None):
    mount = {"type": "bind", "source": "/host/app.conf", "target": TARGET, "read_only": True}
    if content is not None:
        mount["x-content"] = content
    return environment({"volumes": [mount]}, source="ecs")


def paths(comparison):
    return [difference.path for difference in comparison.differences]


def test_the_same_content_is_no_difference():
    assert paths(compare(config("a = 1\n"), bound("a = 1\n"))) == []
    assert paths(compare(bound("a = 1\n"), config("a = 1\n"))) == []


def test_another_content_is_one_difference_with_its_lines():
    for left, right in (
        (config("a = 1\nb = 2\n"), bound("a = 1\nb = 3\n")),
        (bound("x"), config("y")),
    ):
        [difference] = compare(left, right).differences
        assert difference.path == ("configs", TARGET, "content")
        assert isinstance(difference.left, str)
        assert isinstance(difference.right, str)
    [difference] = compare(config("a\nb\n"), bound("a\nc\n")).differences
    assert [(part.name, part.left, part.right) for part in difference.parts] == [
        ("line 2", "b", "c")
    ]


def test_a_content_that_nobody_knows_is_unknown_and_no_difference():
    comparison = compare(config("a = 1"), bound())
    assert paths(comparison) == []
    assert [d.path for d in comparison.unknown] == [("configs", TARGET, "content")]


def test_a_secret_from_the_host_is_unknown():
    secret = environment({"secrets": [{"source": "s", "target": TARGET}]})
    comparison = compare(secret, bound())
    assert paths(comparison) == []
    assert len(comparison.unknown) == 1


def test_other_mounts_stay_differences():
    volume = environment({"volumes": [{"type": "volume", "source": "v", "target": TARGET}]}, "ecs")
    assert len(paths(compare(config("a"), volume))) == 2
    assert paths(compare(bound("a"), environment({}))) == [("volumes", TARGET)]
    both = environment(
        {
            "configs": [{"source": "c", "target": TARGET}],
            "volumes": [{"type": "bind", "source": "/h", "target": TARGET}],
        },
        configs={"c": {"content": "a"}},
    )
    assert len(paths(compare(both, environment({})))) == 2
