"""Two environments made safe to compare and to print."""

from parity.model.environment import Environment
from parity.model.hidden import Hidden
from parity.secrecy import fingerprint
from parity.secrecy.copies import Copies
from parity.secrecy.hide import finish, records, search


def conceal(
    left: Environment, right: Environment, *, key: str = ""
) -> tuple[Environment, Environment]:
    """Both environments with `Hidden` and `Concealed` in the places of secrets; no value is left.

    The records can be compared with `==` (nothing known differs) and `relation` (same, differs,
    unknown). Between two environments that were read just now every secret is comparable, exactly. One
    that is a snapshot holds fingerprints: `key`, the project's, makes the other's values comparable with
    them; without it only shapes are.
    """
    captured = _printed(left), _printed(right)
    if any(captured):
        others = [each for side in captured for each in side]
        prints = fingerprint.like(key, others) if key else fingerprint.none()
    else:
        prints = fingerprint.numbered()
    one, two = search(left), search(right)
    # What is a secret on one side is one on the other, or else equal settings would seem to differ.
    values = (*left.values.values(), *right.values.values())
    copies = Copies({*one.secrets(), *two.secrets(), *values})
    return finish(left, one, copies, prints), finish(right, two, copies, prints)


def _printed(environment: Environment) -> list[Hidden]:
    return [each for each in records(environment.document) if each.fingerprint]
