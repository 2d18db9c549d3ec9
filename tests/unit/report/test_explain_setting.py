"""One setting in every layer, as people read it."""

from dataclasses import replace
from pathlib import Path

import pytest

from parity.diff.layered import Explanation, Layered, State, Verdict, Word
from parity.model.finding import Finding, Folded, NotChecked, Severity, SideInfo, Why
from parity.model.setting import Layer, Origin
from parity.report.contract import Options
from parity.report.explain_setting import headline, write
from parity.report.text import columns

PATH = ("deploy", "resources", "limits", "memory")
FACT = ("running", "limits", "memory")
FOUND = Finding("LM001", "limits.memory", Severity.ERROR, "it is killed", "give it more", "web", ())
ALL = tuple(Layer)


def word(layer, state=State.SAYS, value=2**28, **options):
    return Word(layer, FACT if layer is Layer.RUNNING else PATH, state, value, **options)


LEFT = Layered(
    "dev",
    "web",
    (
        word(Layer.DECLARED, written="256m", origin=Origin("/repo/dev.yaml", 3)),
        word(Layer.RUNNING, wins=True, where="its first running container"),
    ),
    (Word(Layer.HOST, ("host", "memory"), State.SAYS, 2**30),),
    2**28,
    why="the cgroup counts",
)
RIGHT = Layered(
    "prod",
    "web",
    (
        word(Layer.DECLARED, State.SILENT),
        word(Layer.RUNNING, State.UNREAD, why="no \x1b[31mhelper"),
    ),
    default="no limit",
    why="no layer that was read sets it",
)


@pytest.fixture
def told():
    infos = (
        SideInfo("dev", "compose", (), ALL, 1, 9),
        SideInfo("prod", "compose", (), ALL[:2], 1, 9),
    )
    return Explanation(
        "services.web.deploy.resources.limits.memory",
        (LEFT, RIGHT),
        Verdict("differs", "in bytes"),
        (FOUND,),
        (Folded(FOUND, Why.WAIVER, "agreed"),),
        (NotChecked("RU002", "running.memory", "running not read on both sides"),),
        infos,
        ("mind this",),
    )


def text(told, **options):
    return write(told, Options(**{"width": 80, "root": Path("/repo"), **options}))


def test_every_layer_with_its_place_and_what_is_in_effect(told):
    shown = text(told)
    assert "> running     256 MiB\n" in shown
    assert "declared    256 MiB (written 256m)\n                dev.yaml:3" in shown
    assert "its first running container · running.limits.memory" in shown
    assert "beside it   host.memory: 1 GiB" in shown
    assert "in effect     256 MiB\n                the cgroup counts" in shown
    assert "in effect     no limit\n" in shown
    assert "says nothing" in shown
    assert "LM001 (error)  it is killed\n  fix: give it more" in shown
    assert "Folded by waivers: " in shown
    assert "RU002 running.memory could not look" in shown
    assert "Read on both sides: definitions and image configs. Not read on both: " in shown
    assert "Note: mind this" in shown


@pytest.mark.parametrize("width", [60, 80, 120])
def test_it_fits_and_drives_no_terminal(told, width):
    shown = text(told, width=width)
    assert "\x1b" not in shown
    assert max(columns(line) for line in shown.splitlines()) <= width


def test_colours_on_request_alone(told):
    assert "\x1b[35m" in text(told, colour=True)


@pytest.mark.parametrize(
    ("relation", "words"),
    [
        ("equal", "is equal in dev and prod, compared in bytes."),
        ("differs", "differs between dev and prod, compared in bytes."),
        ("unknown", "cannot be compared between dev and prod: in bytes."),
        ("not-compared", "was not compared between dev and prod: in bytes."),
    ],
)
def test_the_answer_comes_first(told, relation, words):
    assert headline(replace(told, verdict=Verdict(relation, "in bytes"))).endswith(words)


def test_no_rule_and_no_service(told):
    bare = replace(told, findings=(), folded=(), sides=(LEFT, Layered("prod", "")))
    shown = text(bare)
    assert "No rule has anything to say of it." in shown
    assert "prod\n    has no such service" in shown


def test_many_findings_are_counted(told):
    many = replace(told, findings=(FOUND,) * 9)
    assert "…and 3 more: --all" in text(many)
    assert text(many, everything=True).count("it is killed") == 9
