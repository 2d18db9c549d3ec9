"""The built-in overrides, one a file, in the order they apply.

Each is `apply(draft, context)`: it looks at the draft and rewrites it with reasons. Nothing else
changes production's document.
"""

from collections.abc import Callable

from parity.stack.context import Context
from parity.stack.draft import Draft
from parity.stack.overrides import (
    configs,
    dependencies,
    devcontainer,
    engine_limits,
    gateway,
    hooks,
    host_files,
    images,
    ingress,
    isolation,
    logging,
    mounts,
    names,
    networks,
    pods,
    ports,
    replicas,
    secrets,
    services,
    stand_ins,
    user,
    volumes,
)

Apply = Callable[[Draft, Context], None]

ORDER: tuple[Apply, ...] = (
    stand_ins.apply,
    dependencies.apply,
    hooks.apply,
    configs.apply,
    host_files.apply,
    secrets.apply,
    images.apply,
    isolation.apply,
    logging.apply,
    names.apply,
    replicas.apply,
    devcontainer.apply,
    pods.apply,
    mounts.apply,
    volumes.apply,
    networks.apply,
    ports.apply,
    services.apply,
    ingress.apply,
    engine_limits.apply,
    user.apply,
    gateway.apply,
)
"""Secrets come before whatever lists production's values in its record. The user's own rewrites come
after parity's, so that they win; the gateway closes the list."""
