"""What is said of two builds of one name: the step at which they part."""

import pytest

from parity.model.setting import Layer
from scripts.lib.cases import environment, judge

READ = frozenset({Layer.DECLARED, Layer.IMAGE})


def said(catalogue, left, right):
    def side(name, config):
        body = {"image": "shop/app:2.3", "x-parity": {"facts": {"image-config": config}}}
        return environment(name, body, layers=READ)

    report = judge(side("local", left), side("production", right), catalogue)
    return [(finding.rule, finding.message) for finding in report.findings]


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        ((["a", "b"], ["x", "RUN one"]), (["a", "c"], ["x", "RUN two"]),
         "at step 2 one has `RUN one` and the other `RUN two`"),
        ((["a"], ["x"]), (["a", "b"], ["x", "RUN two"]),
         "at step 2 one has nothing and the other `RUN two`"),
        ((["a", "b"], ["x", "RUN one"]), (["a", "c"], ["x", "RUN one"]),
         "the same steps gave other files"),
        ((["a"], ["x"]), (["b"], ["x"]), "they stand on different base images"),
    ],
)  # fmt: skip
def test_where_two_builds_part(catalogue, left, right, message):
    sides = ({"layers": layers, "history": history} for layers, history in (left, right))
    assert said(catalogue, *sides) == [("IM017", f"`app` is two builds: {message}")]


def test_whose_image_is_older_is_said_in_days(catalogue):
    sides = ({"created": f"2024-0{month}-01T00:00:00Z"} for month in (6, 1))
    assert said(catalogue, *sides) == [
        ("IM016", "the image of production was built 152 days before that of local")
    ]


def test_origins_that_no_rule_speaks_of_are_expected(catalogue):
    sides = ({"labels": {"maintainer": who}, "history": [who]} for who in ("me", "you"))
    assert said(catalogue, *sides) == []
