"""`wait`: polls a service until its own protocol says that it is ready."""

import socket
import time

from .probes import PROBES, NotReadyError
from .record import write_line

INTERVAL = 0.1
ATTEMPT = 1.0


def wait(kind: str, host: str, port: int, timeout: float) -> int:
    """Print the last answer as one JSON line; 0 when ready, 1 when the time is up."""
    start = time.monotonic()
    while True:
        ready, answer = attempt(kind, host, port, min(ATTEMPT, max(timeout, 0.05)))
        spent = time.monotonic() - start
        if ready or spent + INTERVAL > timeout:
            break
        time.sleep(INTERVAL)
    milliseconds = round(spent * 1000, 1)
    write_line({"ready": ready, "kind": kind, "answer": answer, "milliseconds": milliseconds})
    return 0 if ready else 1


def attempt(kind: str, host: str, port: int, timeout: float) -> tuple[bool, str]:
    """Ask once; whether the service is ready, and what it said."""
    try:
        with socket.create_connection((host, port), timeout) as sock:
            sock.settimeout(timeout)
            return True, PROBES[kind](sock)
    except NotReadyError as error:
        return False, str(error)
    except TimeoutError:
        return False, "no answer in time"
    except (OSError, UnicodeError) as error:  # The latter for a host that can't be a name.
        return False, getattr(error, "strerror", None) or str(error)
