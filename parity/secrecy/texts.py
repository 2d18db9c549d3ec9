"""Where secrets stand inside a text: a command, a configuration file, a header, a connection string."""

import re
from collections.abc import Iterator

from parity.model.reference import REFERENCE
from parity.secrecy.detect import passwords_in
from parity.secrecy.names import is_secret, known_secret, may_be_secret
from parity.secrecy.suspect import worth_reading

Span = tuple[int, int]

_KEY_BLOCK = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----.*?(?:-----END [A-Z0-9 ]+-----|\Z)", re.DOTALL
)
_OTHER_BLOCK = re.compile(
    r"-----BEGIN (?:CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY)-----.{0,8192}?-----END [A-Z ]+-----",
    re.DOTALL,
)
_QUOTED = r"""(?:"(?P<double>(?:[^"\\\n]|\\.)*)"|'(?P<single>[^'\n]*)'|(?P<bare>%s))"""
# `name = value` on a line of its own: a value without quotes runs to the end of the line.
_LINE = re.compile(
    r"""^[ \t]*(?:export[ \t]+|set[ \t]+|-[ \t]+)?["']?(?P<name>[\w.\-/@]{1,120})["']?[ \t]*"""
    r"""(?:=>|:=|[:=]|(?=["']))[ \t]*""" + _QUOTED % r"""[^\s"'\[{][^\n]*""",
    re.MULTILINE,
)
# `name=value`, `"name": "value"` anywhere: a value without quotes ends at a space.
_INSIDE = re.compile(
    r"""(?<![\w$])(?<!\$\{)-{0,2}(?P<name>[A-Za-z_][\w.\-]{0,120})["']?[ \t]{0,8}(?:=>|[:=])[ \t]{0,8}"""
    + _QUOTED % r"""[^\s"',;&|)}\]\[{(<>][^\s"',;&)}\]]*"""
)
# `?name=value&name=value` of a URL: what is before the `?` may be a `name: value` itself.
_QUERY = re.compile(r"""[?&#;](?P<name>[\w.\-]{1,120})=(?P<bare>[^&#;\s"'<>]+)""")
_FLAG = re.compile(
    r"""(?<!\S)--?(?P<name>[A-Za-z][\w.\-]{0,120})[ \t]{1,8}""" + _QUOTED % r"""[^\s"'\-][^\s"']*"""
)
_TAG = re.compile(r"<(?P<name>[\w:.\-]{1,120})(?:\s[^<>]{0,200})?>(?P<bare>[^<]+)</(?P=name)>")
_USER = r"""(?:^|\s)(?:-u|--user|--(?:basic|http)-?auth)[ =]["']?[^\s:"'=/]+:"""
_PLACES = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        # Redis: directives and access lists.
        r"""(?:^|\s)-{0,2}(?:requirepass|masterauth|tls-key-file-pass)[ \t=]+["']?(?P<value>[^\s"']+)""",
        r"^[ \t]*user\s+\S+\s(?:.{0,500}\s)?>(?P<value>\S+)",
        # Programs that take a password as a short option.
        r"""\bredis-cli\b[^|;&\n]{0,300}?\s-a[ =]+["']?(?P<value>[^\s"']+)""",
        r"""\b(?:mysql|mariadb)[\w-]*\b[^|;&\n]{0,300}?\s-p["']?(?P<value>[^\s"']+)""",
        r"""\bsshpass\s+-p\s*["']?(?P<value>[^\s"']+)""",
        r"""\b(?:curl|wget)\b[^|;&\n]{0,300}?\s(?:-u|--user)[ =]*["']?[^\s:"']+:(?P<value>[^\s"']+)""",
        # The same options of a program that is not named here: letters and digits, no group's name.
        _USER + r"""(?P<value>(?=[^\s"']*\d)(?=[^\s"']*[A-Za-z])[^\s"':/]{8,})""",
        # Headers.
        r"""authorization["']?\s*[:=]\s*["']?(?:[a-z]+\s+)?(?P<value>[^\s"',]{4,})""",
        r"""\b(?:bearer|basic)\s+(?P<value>(?=[^\s"',]*[\d=])[\w.~+/=-]{8,})""",
        # Statements, password files, hashes that can be tried offline.
        r"""\b(?:identified\s+(?:with\s+\S+\s+)?by|(?:encrypted\s+)?password)\s+'(?P<value>[^'\n]+)'""",
        r"^[^:\s#]+:(?:\d+|\*):[^:\s]*:[^:\s]+:(?P<value>[^:\s]+)$",
        r"\blogin\s+\S+\s+password\s+(?P<value>\S+)",
        r"(?P<value>\$(?:apr1|1|2[aby]|5|6|y|argon2\w*)\$[./\w$=,+-]{8,})",
        r"(?P<value>\bSCRAM-SHA-256\$[\w$:+/=]{20,})",
        # Addresses that let in whoever knows them: of chat rooms, bots and error trackers.
        r"/api/(?:v\d+/)?webhooks/\d+/(?P<value>[\w-]{20,})",
        r"/bot(?P<value>\d{6,}:[\w-]{20,})",
        r"://(?P<value>(?=[a-z_]*\d)(?=[\d_]*[a-z])\w{20,})@",
        # Azure's connection strings.
        r"(?:AccountKey|SharedAccessKey|SharedSecret|[?&]sig|[?&]code)=(?P<value>[^;&\s]{8,})",
    )
)
_NO_VALUE = re.compile(
    r"^(?:\$(?!(?:apr1|1|2[aby]|5|6|y|argon2\w*)\$)|\{\{|<|%[({]|@|\*+$|x{3,}$|\d+(?:\.\d+)?\s?[a-z]{0,3}$|[\[{(]|-+\w|\||>-?$|&|!|#|"
    "\0|•"
    ")",
    re.IGNORECASE,
)
"""References to somewhere else, numbers, blocks, masks."""


def spans(text: str) -> tuple[Span, ...]:
    """Start and end of each secret, in order, without overlap; references not among them."""
    found = [*passwords_in(text)] if "=" in text or "://" in text else []
    if worth_reading(text):
        # References keep their length, so that the positions hold.
        masked = REFERENCE.sub(lambda match: "\0" * len(match[0]), text)
        found += _blocks(masked)
        found += _named(masked)
        found += _placed(masked)
    return merged(found)


def merged(found: list[Span]) -> tuple[Span, ...]:
    """In order, overlapping ones joined."""
    kept: list[Span] = []
    for start, end in sorted(found):
        if kept and start < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        elif end > start:
            kept.append((start, end))
    return tuple(kept)


def public(text: str) -> Iterator[Span]:
    """Where certificates and public keys stand: as random as secrets, and none."""
    return (match.span() for match in _OTHER_BLOCK.finditer(text))


def _blocks(text: str) -> Iterator[Span]:
    return (match.span() for match in _KEY_BLOCK.finditer(text))


def _named(text: str) -> Iterator[Span]:
    patterns = [_INSIDE, _TAG, _LINE if "\n" in text else _FLAG]
    if "?" in text or "#" in text:
        patterns.append(_QUERY)
    for pattern in patterns:
        for match in pattern.finditer(text):
            # A parameter is one word: its value decides where its name does not.
            if not (
                known_secret(match["name"]) or (pattern is _QUERY and may_be_secret(match["name"]))
            ):
                continue
            group = match.lastgroup if match.lastgroup != "name" else "bare"
            value = match[group or "bare"].rstrip(" \t\r,;")
            if value and not _NO_VALUE.match(value) and is_secret(match["name"], value):
                start = match.start(group or "bare")
                yield start, start + len(value)


def _placed(text: str) -> Iterator[Span]:
    for pattern in _PLACES:
        for match in pattern.finditer(text):
            if not _NO_VALUE.match(match["value"]):
                yield match.span("value")
