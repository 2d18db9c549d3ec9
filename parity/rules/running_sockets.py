"""RU: where a program listens, as its container has it."""

from collections.abc import Iterator

from parity.diff.view import Comparison
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.model.setting import Layer
from parity.rules._live import decided, names
from parity.rules.contract import Found, single


@single(
    "RU033", "running.listens-elsewhere", Severity.WARNING, reads=(Layer.DECLARED, Layer.RUNNING),
    paths=("running.listening.*",),
    symptoms=(r"connection refused|ECONNREFUSED", r"no response", r"connection timed out"), since="0.3",
)  # fmt: skip
def listens_elsewhere(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A program listens for its own container alone on one side, and for others on the other side.

    What it compares:
        The addresses of a port that is open in both containers, where the definitions give no reason for
        another one.

    Why it matters:
        What reaches the port on one side gets "connection refused" on the other. The definitions are
        equal: the program took its address from something else.

    Example:
        local: port 8000 on `127.0.0.1`
        production: port 8000 on `0.0.0.0`

    What to do:
        Give the program its address in the definition: `--bind 0.0.0.0:8000`, `HOST=0.0.0.0`.

    When to ignore it:
        For ports of administrators and debuggers.

    References:
        Docker documentation, Networking. Incident bind-libnetwork-akka.
    """
    values = (difference.left, difference.right)
    if ABSENT in values or "loopback" not in values or decided(difference, comparison):
        return
    port = str(difference.path[2]).partition("/")[0]
    side = names(comparison)[values.index("loopback")]
    yield Found(
        f"port {port} of `{difference.service}` is open inside its container only in {side}",
        f"name the address in the definition: 0.0.0.0:{port}",
    )
