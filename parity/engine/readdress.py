"""Give up the addresses that a container was made to keep.

A reset gives a service the address it had, so that who runs on finds it. When the engine has started
again, another service may have got it.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docker import DockerClient


def give_up(client: "DockerClient", container: str) -> bool:
    """Have a container that does not run take whatever address is free; whether it had one of its own."""
    api: Any = client.api
    attrs = api.inspect_container(container)
    networks = (attrs.get("NetworkSettings") or {}).get("Networks") or {}
    kept = {
        name: settings
        for name, settings in networks.items()
        if (settings.get("IPAMConfig") or {}).get("IPv4Address")
    }
    short = str(attrs["Id"])[:12]
    for name, settings in kept.items():
        aliases = [alias for alias in settings.get("Aliases") or () if alias != short]
        api.disconnect_container_from_network(container, name)
        options = settings.get("DriverOpts")
        api.connect_container_to_network(container, name, aliases=aliases, driver_opt=options)
    return bool(kept)
