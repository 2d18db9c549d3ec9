"""The probes of database servers, found by walking this package: a module with `ENGINES` is one."""

from collections.abc import Callable
from functools import cache
from typing import Any, cast

from parity.model.facts import Facts
from parity.probes.database.contract import (
    LIMIT,
    ROUNDS,
    Answers,
    Login,
    Question,
    Rows,
    ServerProbe,
)
from parity.probes.database.texts import clean
from parity.probes.walk import modules

Ask = Callable[[Question], Rows | str]
"""Answers one question, or says why not."""


@cache
def server_probes() -> tuple[ServerProbe, ...]:
    """All of them, by name."""
    return cast("tuple[ServerProbe, ...]", modules("parity.probes.database", "ENGINES"))


def probe_of(engine: str) -> ServerProbe | None:
    """The probe of a server; None where parity has no questions for it."""
    return next((probe for probe in server_probes() if engine in probe.ENGINES), None)


def interview(probe: ServerProbe, login: Login, known: Answers, ask: Ask) -> Answers:
    """All answers to what a probe asks; `known` are those that the connection itself gave."""
    answers: dict[str, Rows | str] = dict(known)
    for _ in range(ROUNDS):
        asked = [each for each in probe.questions(answers, login) if each.name not in answers]
        if not asked:
            break
        for question in asked:
            answers[question.name] = ask(question)
    return {name: each for name, each in answers.items() if not name.startswith(LIMIT)}


def read(probe: ServerProbe, login: Login, answers: Answers) -> Facts:
    """The facts of a server, with whose connection it was."""
    found = probe.read(answers, login)
    values = {"connection": clean(login.whose), **found.values} if found.values else {}
    return Facts(_sorted(values), dict(sorted(found.unread.items())))


def _sorted(tree: Any) -> Any:
    """Servers tell in any order."""
    return {k: _sorted(tree[k]) for k in sorted(tree)} if isinstance(tree, dict) else tree
