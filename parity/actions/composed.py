"""Which Compose files of a repository are production's, development's and staging's, in merge order."""

import re
from collections.abc import Sequence
from pathlib import Path

from parity.actions.init_compose import is_whole, stands_alone
from parity.actions.orchestrated import Definition, Found

_PRODUCTION = re.compile(r"prod|production|deploy|release|live|swarm", re.IGNORECASE)
_LOCAL = re.compile(r"dev|local|test|ci|debug|override|stag|qa|preview", re.IGNORECASE)
_NAMED = re.compile(r"prod|production|swarm|live", re.IGNORECASE)
_DEV = ("override", "dev", "develop", "development", "local")
"""What developers run, most usual first: Docker Compose merges an override file by itself."""
_FOR_DEVELOPERS = re.compile(
    r"(?<![a-z])(?:dev|devel\w*|devcontainer|local)(?![a-z])", re.IGNORECASE
)
_STAGING = ("staging", "stage", "stg")


def choose(found: Sequence[Found]) -> list[Definition]:
    """The environments that Compose files describe, production first; nothing where there are none."""
    files = production_files(found)
    if not files:
        return []
    chosen = [Definition("prod", "compose", files, files, _why(found, files))]
    for name, variants in (("staging", _STAGING), ("dev", _DEV)):
        other = _variant(found, files[0].parent, variants) or (
            _elsewhere(found, files) if name == "dev" else ()
        )
        if other and other != files:
            chosen.append(Definition(name, "compose", other, other, _why_other(found, other)))
    return chosen


def developers(found: Sequence[Found]) -> Definition | None:
    """What developers run, where production is described in another notation."""
    folders = sorted({f.file.parent for f in found}, key=lambda p: (len(p.parts), str(p)))
    for folder in folders:
        base = [f.file for f in found if f.file.parent == folder and not f.variant]
        files = _variant(found, folder, _DEV) or tuple(base[:1])
        if files:
            return Definition("dev", "compose", files, files, _why_other(found, files))
    files = production_files(found)
    return Definition("dev", "compose", files, files, "the Compose file here") if files else None


def swarm(found: Sequence[Found]) -> list[Definition]:
    """Production, where stack files describe it."""
    files = production_files(found)
    return [Definition("prod", "swarm", files, files, "a swarm's stack")] if files else []


def is_named(found: Sequence[Found]) -> bool:
    """Whether a Compose file says in its name that it is production's."""
    return any(_NAMED.search(f.variant) for f in found)


def is_local(one: Found) -> bool:
    """Whether a Compose file says in its name that it is for development or for tests."""
    return bool(_LOCAL.search(one.variant))


def production_files(found: Sequence[Found]) -> tuple[Path, ...]:
    """Production's Compose files in merge order: the base and its production variant, else alone."""
    if not found:
        return ()
    likely = [f for f in found if not _LOCAL.search(f.variant)] or found
    named = [f for f in likely if _PRODUCTION.search(f.variant)]
    folder = min(
        (f.file.parent for f in named or likely),
        key=lambda p: (not _PRODUCTION.search(p.name), len(p.parts)),
    )
    here = [f for f in found if f.file.parent == folder]
    base = [f for f in here if not f.variant]
    production = [f for f in here if f.variant and _PRODUCTION.search(f.variant)]
    if production:
        return _merged(base, production[0])
    if base:
        return _completed(base[0].file, here)
    neutral = [f for f in here if not _LOCAL.search(f.variant)] or here
    return (neutral[0].file,)


def _completed(base: Path, here: Sequence[Found]) -> tuple[Path, ...]:
    """The base, and the override that Docker Compose merges by itself where it lacks something else."""
    override = [f.file for f in here if f.variant == "override"]
    needs = override and not is_whole([base]) and is_whole([base, override[0]])
    return (base, override[0]) if needs else (base,)


def _variant(found: Sequence[Found], folder: Path, words: Sequence[str]) -> tuple[Path, ...]:
    here = [f for f in found if f.file.parent == folder]
    base = [f for f in here if not f.variant]
    for word in words:
        for each in here:
            if word in re.split(r"[.-]", each.variant.lower()):
                return _merged(base, each, word)
    return ()


def _elsewhere(found: Sequence[Found], files: Sequence[Path]) -> tuple[Path, ...]:
    """The base alone where production adds to it, or the base that lies above production's."""
    bases = [f.file for f in found if not f.variant]
    beside = [file for file in bases if file.parent == files[0].parent]
    above = [file for file in bases if files[0].is_relative_to(file.parent)]
    named = [file for file in bases if _FOR_DEVELOPERS.search(file.parent.name)]
    others = (*(beside if is_whole(beside[:1]) else ()), *above, *named)
    return next(((file,) for file in others if (file,) != files), ())


def _merged(base: Sequence[Found], variant: Found, word: str = "") -> tuple[Path, ...]:
    alone = word != "override" and stands_alone(variant.file)
    return (*(f.file for f in base[:1] if not alone), variant.file)


def _why(found: Sequence[Found], files: Sequence[Path]) -> str:
    variant = next(f.variant for f in found if f.file == files[-1])
    if not variant:
        return "the only base" if sum(not f.variant for f in found) == 1 else "the likeliest base"
    if variant == "override" and len(files) > 1:
        return "the base lacks what the override declares, and `docker compose up` reads both"
    if len(files) > 1:
        return "the base and what is named for production, in merge order"
    return "alone: each of its services has an image; add the base if it is merged over one"


def _why_other(found: Sequence[Found], files: Sequence[Path]) -> str:
    variant = next(f.variant for f in found if f.file == files[-1])
    usual = variant in ("", "override")
    return "what `docker compose up` reads" if usual else f"named {variant}"
