"""What can be compared and cannot be run."""

from parity.errors import DefinitionError
from parity.model.environment import Environment, Loss

NOT_READ = "is not in what was read"
"""In the reason of a loss: something that the definition refers to, and nobody named its file."""
_OPTIONAL = "may be missing"


def refuse_what_cannot_run(environment: Environment) -> None:
    """Raise DefinitionError for an environment that is no whole definition."""
    if environment.source == "snapshot":
        raise DefinitionError(
            f"`{environment.name}` is a snapshot: it can be compared, and not run",
            where=environment.files[0] if environment.files else "",
            next_step="name the definition that production is deployed from under `files`",
        )
    for loss in environment.losses:
        if _is_missing_config(loss):
            raise DefinitionError(
                loss.reason,
                where=_place(environment, loss),
                detail=loss.path,
                next_step="add its manifest to `files`; to compare, the definition is good enough",
            )


def _place(environment: Environment, loss: Loss) -> str:
    workload = loss.path.partition(":")[0].rpartition("/")[2]
    return str(environment.origins.of(("services", workload)) or environment.files[0])


def _is_missing_config(loss: Loss) -> bool:
    reason = loss.reason
    return "ConfigMap" in reason and NOT_READ in reason and _OPTIONAL not in reason
