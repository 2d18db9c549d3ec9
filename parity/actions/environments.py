"""Begin to read an environment by its name in parity.toml."""

from parity.model.project import Project
from parity.model.reference import reference
from parity.paths import ProjectPaths
from parity.sources import registry
from parity.sources.contract import Reading, Request


def read_environment(paths: ProjectPaths, project: Project, name: str) -> Reading:
    """Begin to read one environment; declared secrets are references before a source sees them."""
    table = project.environments[name]
    return registry.source(table.source).start(
        Request(
            name,
            paths.root,
            files=table.files,
            env_files=table.env_files,
            profiles=table.profiles,
            variables={secret: reference(secret) for secret in project.secrets},
            project=table.project,
            context=table.context,
            consumer=table.consumer,
        )
    )
