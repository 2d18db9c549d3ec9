"""Origins by names relative to the project."""

from dataclasses import dataclass
from pathlib import Path as File

from parity.model.document import Path
from parity.model.setting import Origin, Origins


def shown(file: File, root: File) -> str:
    """The file's name as editors expect it: relative to `root` where it is below it."""
    for base in (root, root.resolve()):
        if file.is_relative_to(base):
            return str(file.relative_to(base))
    return str(file)


@dataclass(frozen=True)
class RelativeOrigins:
    """Another one's answers with names relative to `root`, where they are below it."""

    origins: Origins
    root: File

    def of(self, path: Path) -> Origin | None:
        """As the other one's."""
        found = self.origins.of(path)
        return Origin(shown(File(found.file), self.root), found.line) if found else None
