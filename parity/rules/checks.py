"""CK: what `parity check` finds besides differences: the lock and the overrides of parity.toml."""

from parity.model.finding import Finding, Place, Severity
from parity.model.project import OverrideTable
from parity.model.setting import Origin
from parity.rules.contract import TAG, outside


@outside("CK001", "check.lock-stale", Severity.ERROR, since="0.2")
def lock_stale(message: str, fix: str, origin: Origin | None) -> Finding:
    """parity.lock was made for another definition than the one that is here.

    What it compares:
        The hash of production's definition and its images with what parity.lock recorded.

    Why it matters:
        The lock says which digests production's tags stood for. For a definition it does not know,
        everybody's `parity up` may run other images.

    Example:
        parity.lock knows `shop/app:2.3.0`; the definition says `shop/app:2.3.1`

    What to do:
        `parity lock`, and commit parity.lock with the definition.

    When to ignore it:
        Never on a branch that others pull.

    References:
        docs/lock.md.
    """
    place = Place("parity.lock", "", "", right_origin=origin)
    return _finding(lock_stale, message, fix, place)


@outside("CK002", "check.lock-missing", Severity.WARNING, since="0.2")
def lock_missing(message: str, fix: str, origin: Origin | None) -> Finding:
    """There is no parity.lock for the environment that the local stack copies.

    What it compares:
        Whether parity.lock has an entry for the environment.

    Why it matters:
        Without it a tag means whatever the registry says on the day of the first `parity up`.

    Example:
        no parity.lock in git

    What to do:
        `parity lock`, and commit the file.

    When to ignore it:
        When every image of the definition is named by digest already.

    References:
        docs/lock.md.
    """
    return _finding(lock_missing, message, fix, Place("parity.lock", "", "", right_origin=origin))


@outside("CK003", "check.override-without-reason", Severity.ERROR, since="0.2")
def override_without_reason(override: OverrideTable, origin: Origin | None) -> Finding:
    """An override in parity.toml does not say why.

    What it compares:
        `reason` of each `[[local.override]]`.

    Why it matters:
        Nobody dares to remove a rewrite whose reason is lost, so the local stack drifts from production.

    Example:
        `reason = ""`

    What to do:
        Write the reason, or remove the override.

    When to ignore it:
        Never.

    References:
        docs/overrides.md.
    """
    message = f"the override of {override.path} gives no reason"
    place = Place(override.path, "", "", right_origin=origin)
    return _finding(override_without_reason, message, "say why, or remove it", place)


@outside("CK004", "check.override-stale", Severity.WARNING, since="0.2")
def override_stale(override: OverrideTable, origin: Origin | None) -> Finding:
    """An override in parity.toml is for a service that production does not have.

    What it compares:
        The path of each `[[local.override]]` with the services of production's definition.

    Why it matters:
        It is left over from a renamed or removed service; the service that took its place runs as in
        production, which somebody may not expect.

    Example:
        `path = "services.api.environment.LOG_LEVEL"`, and production's service is called `backend`

    What to do:
        Rename or remove the override.

    When to ignore it:
        When the service is in a profile that is not active here.

    References:
        docs/overrides.md.
    """
    message = f"the override of {override.path} is for a service that production does not have"
    place = Place(override.path, "", "", (f"reason: {override.reason}",), right_origin=origin)
    return _finding(override_stale, message, "rename or remove it", place)


def _finding(made_by: object, message: str, fix: str, place: Place) -> Finding:
    rule = getattr(made_by, TAG)
    return Finding(rule.id, rule.name, rule.severity, message, fix, "", (place,))
