"""Where these scripts read and keep things."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHOP = ROOT / "stacks" / "shop"
IMAGES_FILE = SHOP / "images" / "images.toml"


def venv_dir() -> Path:
    """The virtual environment; PARITY_VENV moves it (the Dev Container keeps its own)."""
    return Path(os.environ.get("PARITY_VENV") or ROOT / ".venv")


def cache_dir() -> Path:
    """What later runs reuse: the base image's tar file, the registry's password, the lock."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    directory = Path(base) / "parity-demo"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    return directory
