"""Replicas are capped, and small numbers are not touched."""

import pytest

from parity.model.project import LocalTable
from parity.stack.overrides import replicas


@pytest.mark.parametrize("service", [{"scale": 5}, {"deploy": {"replicas": 5}}])
def test_many_become_two(draft, context, service):
    one = draft({"web": service})
    replicas.apply(one, context())
    assert [(row.production, row.local) for row in one.overrides] == [(5, 2)]


@pytest.mark.parametrize(
    "service", [{}, {"scale": 2}, {"scale": 0}, {"deploy": {"replicas": 1}}, {"deploy": None}]
)
def test_few_stay(draft, context, service):
    one = draft({"web": service})
    replicas.apply(one, context())
    assert one.overrides == ()


def test_the_user_says_how_many_are_many(draft, context):
    one = draft({"web": {"scale": 5}})
    replicas.apply(one, context(local=LocalTable(max_replicas=5)))
    assert one.overrides == ()
