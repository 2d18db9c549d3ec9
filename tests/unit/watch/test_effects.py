"""How the stack is brought up when edits have to be there first."""

from dataclasses import dataclass

import pytest

from parity.actions.request import Superseded
from parity.watch import effects


@dataclass(frozen=True)
class Result:
    plan: str


@pytest.fixture
def asked(monkeypatch):
    done = []

    def up(session, request, progress):
        done.append("waits" if request.wait else "starts")
        if request.enough():
            raise Superseded
        return Result(f"plan {len(done)}")

    monkeypatch.setattr("parity.actions.up.up", up)
    return done


def test_one_up_does_where_nothing_has_to_arrive(asked):
    assert effects.bring_up(None, print, lambda: False) == Result("plan 1")
    assert asked == ["waits"]


def test_edits_arrive_between_start_and_wait_and_the_plan_is_the_first_one(asked):
    found = effects.bring_up(None, print, lambda: False, lambda: asked.append("edits"))
    assert asked == ["starts", "edits", "waits"]
    assert found == Result("plan 1")


def test_nothing_arrives_in_what_is_out_of_date(asked):
    with pytest.raises(Superseded):
        effects.bring_up(None, print, lambda: True, lambda: asked.append("edits"))
    assert asked == ["starts"]
