"""One setting in every layer: what each says of it, where, which is in effect, and why."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from parity.diff import defaults
from parity.diff.effective import FIELDS, IMAGE, effective
from parity.diff.locate import document_path
from parity.diff.overruling import after, before, beside
from parity.diff.settings import flatten
from parity.diff.view import Service
from parity.model.document import ABSENT, Document, Path, get
from parity.model.environment import Environment
from parity.model.facts import EXTENSION, FACTS, ROOTS, UNREAD, layer_of
from parity.model.finding import Finding, Folded, NotChecked, SideInfo
from parity.model.setting import Layer, Origin, Origins

_PROCESS: Final = "process 1 has it otherwise than the definition says, and its own variables are what its program sees"
_WHY: Final[Mapping[str, str]] = {
    "environment": _PROCESS,
    "deploy": "the cgroup's limit is what the kernel enforces, whatever the definition says",
    "ulimits": "the limit of process 1 is what the kernel enforces",
    "sysctls": "the kernel's own value of the container's namespace counts",
    "shm_size": "the mounted file system has this size",
    "user": "process 1 runs as this user",
}


class State(StrEnum):
    """What a layer has of a setting."""

    SAYS = "says"
    SILENT = "silent"
    """It was read and sets nothing."""
    AS_GIVEN = "as given"
    """It was read, and has what the definition or the image say."""
    UNREAD = "unread"
    """The layer was read, but not this of it."""
    NOT_READ = "not read"


@dataclass(frozen=True)
class Word:
    """What one layer says of the setting on one side. Secrets are records here."""

    layer: Layer
    path: Path
    """Below the service."""
    state: State
    value: Any = ABSENT
    """Normalised."""
    written: Any = ABSENT
    """As the definition or the server words it, where that is one text or number."""
    origin: Origin | None = None
    where: str = ""
    """Who was asked, where that is no file."""
    why: str = ""
    """Why it was not read."""
    wins: bool = False


@dataclass(frozen=True)
class Layered:
    """One side: what its layers say, and what is in effect."""

    environment: str
    service: str
    """Empty where that side has no such service."""
    words: tuple[Word, ...] = ()
    beside: tuple[Word, ...] = ()
    """Facts that say something of what the setting does."""
    value: Any = ABSENT
    """In effect, as far as anybody looked; ABSENT where nothing sets it."""
    default: str = ""
    """What is in effect where nothing sets it, in words."""
    why: str = ""

    @property
    def winner(self) -> Word | None:
        """The layer whose value is in effect."""
        return next((word for word in self.words if word.wins), None)


@dataclass(frozen=True)
class Served:
    """A setting of a server on one side: what it was told, and what it answered, in one form."""

    name: str
    told: Any = ABSENT
    at: Path = ()
    """Where it was told."""
    answer: Any = ABSENT
    raw: Any = ABSENT
    """The answer as the server words it."""


def layered(
    environment: Environment,
    service: Service,
    path: Path,
    origins: Origins,
    served: Served | None = None,
) -> Layered:
    """What every layer of an environment without a secret's value says of one setting."""
    asked = _Asked(environment, service, origins)
    if served is not None:
        words = [*asked.told(served), asked.fact(path, served.answer, served.raw)]
        return asked.ranked(words, path)
    if path[0] in ROOTS:
        return asked.ranked([asked.fact(path)], path)
    words = [asked.fact(fact) for fact in before(path)]
    if path[0] in FIELDS:
        words.append(asked.image(path))
    words.append(asked.declared(path))
    if path[0] == "environment":
        words.append(asked.process(path))
    words += [asked.fact(fact) for fact in after(path)]
    return replace(asked.ranked(words, path), beside=tuple(asked.beside(path)))


@dataclass(frozen=True)
class _Asked:
    """One service of one side."""

    environment: Environment
    service: Service
    origins: Origins

    def declared(self, path: Path) -> Word:
        """The definition's own word."""
        value = value_at(self.service.settings, path)
        place = document_path(self.service, path)
        written = get({"services": {self.service.name: self.service.document}}, place)
        if isinstance(written, dict | list):
            written = ABSENT
        state = State.SILENT if value is ABSENT else State.SAYS
        origin = None if value is ABSENT else self.origin(place)
        return Word(Layer.DECLARED, path, state, value, written, origin)

    def told(self, served: Served) -> Iterator[Word]:
        """What a server is told, by whatever tells it."""
        if served.told is ABSENT:
            yield Word(Layer.DECLARED, ("command",), State.SILENT)
            return
        origin = self.origin(document_path(self.service, served.at))
        layer = layer_of(served.at)
        yield Word(
            layer, served.at, State.SAYS, served.told, origin=origin, where=self.where(layer)
        )

    def image(self, path: Path) -> Word:
        """The image's word on what its config may set."""
        own = (self.service.document.get(EXTENSION) or {}).get(FACTS) or {}
        bare: Document = {EXTENSION: {FACTS: {IMAGE: own.get(IMAGE) or {}}}}
        fact = (IMAGE, "env", *path[1:]) if path[0] == "environment" else (IMAGE, *path)
        return self._word(Layer.IMAGE, fact, value_at(flatten(effective(bare, (IMAGE,))), path))

    def process(self, path: Path) -> Word:
        """The variables that process 1 has otherwise."""
        fact = ("running", *path)
        word = self.fact(fact)
        return replace(word, state=State.AS_GIVEN) if word.state is State.SILENT else word

    def fact(self, path: Path, value: Any = None, raw: Any = ABSENT) -> Word:
        """What was read at this path."""
        own = (self.service.document.get(EXTENSION) or {}).get(FACTS) or {}
        found = get(own, path)
        if value is None:
            whole = flatten({EXTENSION: {FACTS: own}})
            value = value_at(whole, path)
            value = value if value is not ABSENT else found
        return self._word(layer_of(path), path, value, raw)

    def _word(self, layer: Layer, path: Path, value: Any, raw: Any = ABSENT) -> Word:
        if value is not ABSENT:
            where = self.where(layer)
            return Word(layer, path, State.SAYS, value, raw, where=where)
        if layer not in self.environment.layers:
            captured = bool(self.environment.captured)
            why = "the snapshot does not hold it" if captured else f"--layers {layer} reads it"
            return Word(layer, path, State.NOT_READ, why=why)
        table = self.service.document.get(EXTENSION) or {}
        missed = (table.get(UNREAD) or {}).get(path[0]) or {}
        if path[0] not in (table.get(FACTS) or {}) and missed:
            return Word(layer, path, State.UNREAD, why=str(next(iter(missed.values()))))
        if path[1:] and str(path[1]) in missed:
            return Word(layer, path, State.UNREAD, why=str(missed[str(path[1])]))
        return Word(layer, path, State.SILENT)

    def where(self, layer: Layer) -> str:
        """Who was asked."""
        image = self.service.document.get("image") or "(built)"
        place = self.environment.place
        of = f" of {place.project}" if place and place.project else ""
        engine = f" in the context {place.context}" if place and place.context else ""
        connection = get(self.service.document, (EXTENSION, FACTS, "database", "connection"))
        asked = f", asked over {connection}" if isinstance(connection, str) else ""
        captured = f", captured {self.environment.captured}" if self.environment.captured else ""
        words = {
            Layer.DECLARED: "",
            Layer.IMAGE: f"config of image {image}",
            Layer.FILESYSTEM: f"files of image {image}",
            Layer.RUNNING: f"its first running container{of}{engine}",
            Layer.DATABASE: f"the server itself{asked}",
            Layer.HOST: f"the host that it runs on{engine}",
        }[layer]
        return words + (captured if words else "")

    def beside(self, path: Path) -> Iterator[Word]:
        """Facts that say something of what the setting does, where they were read."""
        for fact in beside(path):
            word = self.fact(fact)
            if word.state is State.SAYS:
                yield word

    def origin(self, path: Path) -> Origin | None:
        """Where the setting, or the nearest thing above it, is written."""
        base: Path = ("services", self.service.name)
        for length in range(len(path), len(base), -1):
            found = self.origins.of(path[:length])
            if found is not None:
                return found
        return None

    def ranked(self, words: list[Word], path: Path) -> Layered:
        """The words, weakest first, with what is in effect."""
        name = self.environment.name
        saying = [word for word in words if word.state is State.SAYS]
        dropped = self._dropped(path, saying)
        winner = None if dropped or not saying else saying[-1]
        order = list(Layer)
        shown = sorted(
            (replace(word, wins=word is winner) for word in words),
            key=lambda word: order.index(word.layer),
        )
        if winner is not None:
            why = _why(winner, words, path)
            return Layered(name, self.service.name, tuple(shown), value=winner.value, why=why)
        found = defaults.of(path, self.environment.source)
        default = found.words if found else ""
        why = dropped or "no layer that was read sets it"
        return Layered(name, self.service.name, tuple(shown), default=default, why=why)

    def _dropped(self, path: Path, saying: list[Word]) -> str:
        """Why what the image alone says is not in effect after all."""
        only_image = [word.layer for word in saying] == [Layer.IMAGE]
        if (
            not only_image
            or value_at(flatten(effective(self.service.document)), path) is not ABSENT
        ):
            return ""
        if path[0] == "command":
            return "the definition gives an entrypoint, which drops the image's command"
        return "the definition switches the image's off"


def value_at(settings: Mapping[Path, Any], path: Path) -> Any:
    """The value of a setting, a table of what is below it, or ABSENT."""
    if path in settings:
        return settings[path]
    length = len(path)
    below = {p[length:]: v for p, v in settings.items() if p[:length] == path}
    return {".".join(map(str, p)): v for p, v in below.items()} or ABSENT


def _why(winner: Word, words: Iterable[Word], path: Path) -> str:
    """Why this layer's value is in effect, in a sentence without its end."""
    others = [word for word in words if word.state is State.SAYS and word is not winner]
    if path[0] in ROOTS:
        return _of_fact(winner, path, told=bool(others))
    by_layer = {
        Layer.RUNNING: _WHY.get(str(path[0]), "what runs counts, whatever the definition says"),
        Layer.HOST: "nothing sets it for the container, so the host's is in effect",
        Layer.IMAGE: "the definition says nothing, so the image's is in effect",
    }
    if winner.layer in by_layer:
        return by_layer[winner.layer]
    text = "the definition gives it"
    if others:
        image = any(other.layer is Layer.IMAGE for other in others)
        text += f", which replaces the {'image' if image else 'host'}'s"
    agrees = any(word.state is State.AS_GIVEN for word in words)
    return text + (", and process 1 has it so" if agrees else "")


def _of_fact(winner: Word, path: Path, *, told: bool) -> str:
    if winner.layer is Layer.DATABASE and told:
        return "the server's own answer counts, whatever it was told"
    if winner.layer is not Layer.DATABASE and path[0] == "database":
        return "the server is told so; its own answer was not read"
    return f"only this layer ({winner.layer}) tells it"


@dataclass(frozen=True)
class Verdict:
    """How the two sides of one setting relate."""

    relation: str
    """`equal`, `differs`, `unknown`, `not-compared`."""
    how: str
    """By which comparator, in words: `byte for byte`, `in bytes`, `as secrets`."""


@dataclass(frozen=True)
class Explanation:
    """All that is known of one setting on two sides."""

    setting: str
    """Written path, `services.web.environment.TZ`; of the left side's service where the right has none."""
    sides: tuple[Layered, Layered]
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    """Those that speak of it."""
    folded: tuple[Folded, ...] = ()
    not_checked: tuple[NotChecked, ...] = ()
    """Rules for this setting that could not look."""
    infos: tuple[SideInfo, ...] = ()
    notes: tuple[str, ...] = ()
