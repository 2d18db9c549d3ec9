"""`limits`: what this container was really given, for comparing with production."""

import resource
from types import MappingProxyType

from .record import write_line

NAMES = (
    "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile",
    "nproc", "rss", "rtprio", "rttime", "sigpending", "stack",
)  # fmt: skip
# Python's module lacks some of these, the kernel has them on every Linux.
NUMBERS = MappingProxyType(
    {"locks": 10, "msgqueue": 12, "nice": 13, "rtprio": 14, "rttime": 15, "sigpending": 11}
)


def read_limits() -> dict[str, list[int]]:
    """Soft and hard limit by name; -1 stands for unlimited."""
    return {name: list(resource.getrlimit(_number(name))) for name in NAMES}


def _number(name: str) -> int:
    number: int = getattr(resource, f"RLIMIT_{name.upper()}", NUMBERS.get(name, -1))
    return number


def print_limits() -> int:
    """Print the limits as one JSON object."""
    write_line(read_limits())
    return 0
