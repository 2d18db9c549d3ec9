"""Images run by the digest that parity.lock records, not by tag and not rebuilt."""

from parity.errors import DefinitionError
from parity.model.document import ABSENT, Document
from parity.stack.context import Context
from parity.stack.draft import Draft


def apply(draft: Draft, context: Context) -> None:
    """Pin every image."""
    for name, service in draft.services():
        path = ("services", name)
        draft.rewrite((*path, "pull_policy"), ABSENT, "parity pulls images by digest itself")
        if name in context.project.local.build:
            _build(draft, context, name, service)
            continue
        image = service.get("image")
        if not image:
            raise DefinitionError(
                f"production builds the image of `{name}` itself, so no registry can vouch for it",
                where=f"services.{name}.build",
                next_step=f"have production push it and name it with `image:`, or allow a local build: "
                f'[local] build = ["{name}"] in parity.toml',
            )
        draft.rewrite((*path, "build"), ABSENT, "production's image runs; it is not rebuilt")
        pin = context.pins.get(image)
        if pin is None or "@" in image:
            continue
        if pin.local:
            reason = "no registry could be asked: the image of this name that is on this engine"
            draft.rewrite((*path, "image"), pin.digest, reason)
        else:
            reason = "the digest that parity.lock records for the tag"
            draft.rewrite((*path, "image"), pinned(image, pin.digest), reason)


def pinned(image: str, digest: str) -> str:
    """`registry/name:tag` and a digest make `registry/name@digest`."""
    head, slash, last = image.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}@{digest}"


def _build(draft: Draft, context: Context, name: str, service: Document) -> None:
    if not service.get("build"):
        raise DefinitionError(
            f"`local.build` names `{name}`, which has no `build:` section",
            where=f"services.{name}",
            next_step="take it out of `local.build` in parity.toml",
        )
    image = f"parity-build/{context.identity.name}-{name}:local"
    draft.rewrite(
        ("services", name, "image"),
        image,
        "built here from production's build section",
        asked_by="parity.toml: local.build",
    )
