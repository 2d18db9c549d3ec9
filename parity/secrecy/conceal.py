"""Two environments made safe to compare and to print."""

from collections.abc import Sequence

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
    one, two = conceal_all((left, right), key=key)
    return one, two


def conceal_all(environments: Sequence[Environment], *, key: str = "") -> tuple[Environment, ...]:
    """The same of any number: each can be compared with each."""
    captured = [each for environment in environments for each in _printed(environment)]
    if captured:
        prints = fingerprint.like(key, captured) if key else fingerprint.none()
    else:
        prints = fingerprint.numbered()
    begun = [search(environment) for environment in environments]
    # What is a secret on one side is one on the other, or else equal settings would seem to differ.
    values = (value for each in environments for value in each.values.values())
    secrets = (secret for each in begun for secret in each.secrets())
    copies = Copies({*secrets, *values})
    return tuple(
        finish(environment, each, copies, prints)
        for environment, each in zip(environments, begun, strict=True)
    )


def _printed(environment: Environment) -> list[Hidden]:
    return [each for each in records(environment.document) if each.fingerprint]
